// Line drawings of the journey and of the roles.
import type { ReactNode } from "react";
import type { Role } from "../../api/types";

function Line({ size = 40, children }: { size?: number; children: ReactNode }) {
  return (
    <svg width={size} height={size} viewBox="0 0 40 40" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

const GOLD = "#d59a3a";

const JOURNEY: ReactNode[] = [
  <>
    <path d="M11 5h13l6 6v24H11z" />
    <path d="M24 5v6h6M16 18h9M16 23h9M16 28h6" />
    <path d="M6 13v18" stroke={GOLD} />
  </>,
  <>
    <path d="M8 8h17v26H8zM13 15h8M13 20h8M13 25h4" />
    <path d="m22 29 9.5-9.5 3 3L25 32l-4 1z" stroke={GOLD} />
  </>,
  <>
    <path d="M4 26h24l-3 7H8zM8 26v-6h13v6M14 20v-5h7" />
    <path d="M26 6v14M20 6h16M33 6v6M31 12h4v5h-4z" stroke={GOLD} />
    <path d="M3 37c3-2 5-2 8 0s5 2 8 0 5-2 8 0 5 2 8 0" />
  </>,
  <>
    <rect x="6" y="8" width="28" height="18" rx="2" />
    <path d="M12 20v-4M17 20v-7M22 20v-2M27 20v-6" />
    <path d="M14 33h12M20 26v7" />
    <circle cx="31" cy="9" r="5" stroke={GOLD} fill="#fff" />
    <path d="m29 9 1.6 1.6L33 8" stroke={GOLD} />
  </>,
  <>
    <rect x="5" y="11" width="30" height="20" rx="2.5" />
    <path d="M5 17h30" />
    <path d="M12 25h6M25 25h4" stroke={GOLD} />
  </>,
  <>
    <path d="M20 5 33 10v9c0 8-5.5 13-13 16C12.5 32 7 27 7 19v-9z" />
    <path d="m14 20 4.5 4.5L27 16" stroke={GOLD} />
  </>,
  <>
    <rect x="6" y="9" width="22" height="24" rx="2" />
    <path d="M6 16h22M12 5v7M22 5v7" />
    <path d="M20 23h14M29 18l5 5-5 5" stroke={GOLD} />
  </>,
  <>
    <path d="M3 13h20v15H3zM9 13v15M16 13v15" />
    <path d="M23 18h7l5 5v5H23" />
    <circle cx="10" cy="31" r="3" fill="#fff" stroke={GOLD} />
    <circle cx="29" cy="31" r="3" fill="#fff" stroke={GOLD} />
  </>,
];

export function JourneyIcon({ step }: { step: number }) {
  return <Line>{JOURNEY[step]}</Line>;
}

const ROLES: Record<Role, ReactNode> = {
  trader: <path d="M9 14h22v20H9zM14 14c0-8 12-8 12 0M9 21h22" />,
  agent: <path d="M5 25h30l-4 9H9zM10 25v-8h20v8M20 17V7M20 7l7 4-7 2" />,
  terminal: <path d="M10 35V11M30 35V11M4 11h32M8 6h20M18 11v7M14 18h8v6h-8zM6 35h28" />,
  trucker: <path d="M3 12h19v16H3zM22 18h8l6 6v4H22M11 32a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM29 32a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z" />,
  customs: <path d="M20 5 33 10v9c0 8-5.5 13-13 16C12.5 32 7 27 7 19v-9zM14 20l4.5 4.5L27 16" />,
  maritime: (
    <>
      <circle cx="20" cy="8" r="3" />
      <path d="M20 11v24M12 17h16" />
      <path d="M7 24c1 7 6 11 13 11s12-4 13-11" stroke={GOLD} />
    </>
  ),
  border: (
    <>
      <rect x="8" y="6" width="24" height="28" rx="2" />
      <circle cx="20" cy="17" r="4.5" />
      <path d="M13 29h14" stroke={GOLD} />
    </>
  ),
  "port-authority": (
    <>
      <path d="M8 34V10l20 4M8 16l14 3M28 14v9" />
      <path d="M24 23h8v7h-8z" stroke={GOLD} />
      <path d="M4 34h14" />
    </>
  ),
  "market-supervision": (
    <>
      <path d="M20 6v28M12 34h16M8 12h24" />
      <path d="M8 12 4 22h8zM32 12l-4 10h8z" stroke={GOLD} />
    </>
  ),
  "port-office": <path d="M6 34h28M9 30V18M17 30V10M25 30V21M33 30V6" />,
  national: <path d="M20 4a16 16 0 1 0 0 32 16 16 0 0 0 0-32ZM4 20h32M20 4c-9 9-9 23 0 32M20 4c9 9 9 23 0 32" />,
  admin: <path d="M20 25a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM20 4v5M20 31v5M4 20h5M31 20h5M8.7 8.7l3.5 3.5M27.8 27.8l3.5 3.5M31.3 8.7l-3.5 3.5M12.2 27.8l-3.5 3.5" />,
};

export function RoleIcon({ role, size = 34 }: { role: Role; size?: number }) {
  return (
    <span className={`role-icon role-icon-${role}`}>
      <Line size={size}>{ROLES[role]}</Line>
    </span>
  );
}

/** The port at night behind the headline: water, quay, cranes, one ship. Only ornament. */
export function Harbour() {
  const boxes = [
    [0, 0], [1, 0], [2, 0], [3, 0], [4, 0], [5, 0], [0, 1], [1, 1], [2, 1], [4, 1], [1, 2], [2, 2],
  ] as const;
  return (
    <svg className="harbour" viewBox="0 0 1200 300" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <g fill="none" stroke="#5fa3ad" strokeWidth="2" opacity=".5">
        {[760, 900, 1040].map((x) => (
          <g key={x} transform={`translate(${x} 0)`}>
            <path d="M20 232V96M70 232V96M10 96h170M-60 96h80M45 96V52l-100 44M45 52l130 44M20 150h50" />
            <path d="M140 96v36M150 96v36M134 132h22v10h-22z" />
          </g>
        ))}
      </g>
      <g transform="translate(470 176) scale(.62)" opacity=".8">
        {boxes.map(([column, row]) => (
          <rect key={`${column} ${row}`} x={72 + column * 46} y={46 - row * 22} width="43" height="19" rx="1.5" fill={(column + row) % 4 === 1 ? "#c78d34" : (column + row) % 3 === 0 ? "#3f8d97" : "#2c7581"} />
        ))}
        <path d="M380 66V2h34v64M386 12h22" fill="none" stroke="#7dbcc4" strokeWidth="2" />
        <path d="M8 68h448l-22 44H40z" fill="#0e4a58" stroke="#5fa3ad" strokeWidth="2" />
      </g>
      <path d="M0 262c60-10 120-10 180 0s120 10 180 0 120-10 180 0 120 10 180 0 120-10 180 0 120 10 180 0 120-10 180 0v38H0z" fill="#0d4957" opacity=".75" />
      <path d="M0 280c60-8 120-8 180 0s120 8 180 0 120-8 180 0 120 8 180 0 120-8 180 0 120 8 180 0 120-8 180 0v20H0z" fill="#0a3d49" />
    </svg>
  );
}

// Text as it went over the wire, in a pane that scrolls. The pane takes the focus, so that a keyboard can scroll it too.

export function RawText({ text, label, small = false }: { text: string; label: string; small?: boolean }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className={small ? "raw raw-small" : "raw"} tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  );
}

// A list where officers work: dense rows, filters kept in the address, more on demand, fresh by itself. On a phone each
// row becomes a card. Arrow keys move between rows; the first cell of a row is its link.
import { ReloadOutlined } from "@ant-design/icons";
import { Button, Empty, Input, Select } from "antd";
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Params } from "../api/client";
import { usePages } from "../api/query";
import { useI18n } from "../i18n";
import { Loading } from "./Loading";
import { ProblemAlert } from "./ProblemAlert";

export interface Column<T> {
  key: string;
  title: ReactNode;
  render: (row: T) => ReactNode;
  width?: number | string;
  align?: "left" | "right";
  /** Left out on a phone. */
  wide?: boolean;
}

export interface Filter {
  /** Name of the query parameter, here and on the server. */
  name: string;
  label: string;
  /** Without options: a text field. */
  options?: { value: string; label: string }[];
  placeholder?: string;
}

interface Props<T> {
  /** What is listed, for screen readers. */
  label: string;
  path: string;
  /** Parameters that the user does not choose. */
  params?: Params;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  /** Where a row leads. */
  to?: (row: T) => string | null;
  overdue?: (row: T) => boolean;
  filters?: Filter[];
  /** Said when there is nothing. */
  empty?: ReactNode;
  /** Beside the filters. */
  actions?: ReactNode;
  limit?: number;
}

const TYPING_MS = 350;

function TextFilter({ filter, value, onChange }: { filter: Filter; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setTyped(value);
  }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Input.Search
      aria-label={filter.label}
      placeholder={filter.placeholder ?? filter.label}
      value={typed}
      allowClear
      className="worklist-text"
      onChange={(event) => {
        const next = event.target.value;
        setTyped(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onChange(next.trim()), TYPING_MS);
      }}
      onSearch={(next) => onChange(next.trim())}
    />
  );
}

export function Worklist<T>(props: Props<T>) {
  const { label, path, params, columns, rowKey, to, overdue, filters = [], empty, actions, limit = 50 } = props;
  const { t } = useI18n();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const body = useRef<HTMLTableSectionElement>(null);
  const chosen: Params = { ...params, limit };
  for (const filter of filters) {
    const value = search.get(filter.name);
    if (value) chosen[filter.name] = value;
  }
  const list = usePages<T>(path, chosen);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = filters.some((filter) => search.has(filter.name));
  const choose = (name: string, value: string | undefined) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const step = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...(body.current?.querySelectorAll<HTMLElement>(".worklist-link") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at >= 0 && next) {
      event.preventDefault();
      next.focus();
    }
  };
  return (
    <section className="worklist" aria-label={label}>
      {(filters.length > 0 || actions) && (
        <div className="worklist-bar">
          {filters.map((filter) =>
            filter.options ? (
              <Select
                key={filter.name}
                aria-label={filter.label}
                className="worklist-select"
                placeholder={filter.label}
                allowClear
                popupMatchSelectWidth={false}
                value={search.get(filter.name) ?? undefined}
                options={filter.options}
                onChange={(value?: string) => choose(filter.name, value)}
              />
            ) : (
              <TextFilter key={filter.name} filter={filter} value={search.get(filter.name) ?? ""} onChange={(value) => choose(filter.name, value)} />
            ),
          )}
          <span className="worklist-space" />
          {actions}
          <Button
            icon={<ReloadOutlined aria-hidden="true" />}
            aria-label={t("action.refresh")}
            loading={list.isFetching && !list.isFetchingNextPage && { delay: 300 }}
            onClick={() => void list.refetch()}
          />
        </div>
      )}
      {list.error && <ProblemAlert error={list.error} retry={() => void list.refetch()} />}
      {list.isPending ? (
        <Loading />
      ) : rows.length === 0 && !list.error ? (
        <div className="worklist-empty">
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={filtered ? t("worklist.noMatch") : (empty ?? t("worklist.empty"))} />
        </div>
      ) : (
        <div className="worklist-scroll">
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.key} scope="col" className={cell(column)} style={{ width: column.width }}>
                    {column.title}
                  </th>
                ))}
              </tr>
            </thead>
            {/* The keys only move the focus between links that work by themselves. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
            <tbody ref={body} onKeyDown={step}>
              {rows.map((row) => {
                const target = to?.(row) ?? null;
                const late = overdue?.(row) ?? false;
                return (
                  // A press anywhere on the row is a convenience; the link in the first cell is what counts.
                   
                  <tr
                    key={rowKey(row)}
                    className={[target ? "row-link" : "", late ? "row-overdue" : ""].join(" ").trim() || undefined}
                    onClick={(event) => {
                      const pressed = event.target as HTMLElement;
                      if (target && !pressed.closest("a,button,input,label") && !window.getSelection()?.toString()) void navigate(target);
                    }}
                  >
                    {columns.map((column, at) => {
                      const content = column.render(row);
                      const shown =
                        at === 0 && target ? (
                          <Link to={target} className="worklist-link">
                            {content}
                          </Link>
                        ) : (
                          content
                        );
                      const name = typeof column.title === "string" ? column.title : undefined;
                      return at === 0 ? (
                        <th key={column.key} scope="row" className={cell(column)}>
                          {shown}
                          {late && <span className="late-mark">{t("worklist.overdue")}</span>}
                        </th>
                      ) : (
                        <td key={column.key} className={cell(column)} data-label={name}>
                          {shown}
                        </td>
                      );
                    })}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <div className="worklist-foot">
        <span role="status">{rows.length > 0 && t(list.hasNextPage ? "worklist.shownMore" : "worklist.shown", { n: rows.length })}</span>
        {list.hasNextPage && (
          <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            {t("worklist.more")}
          </Button>
        )}
      </div>
    </section>
  );
}

function cell<T>(column: Column<T>): string | undefined {
  return [column.align === "right" ? "right" : "", column.wide ? "wide-only" : ""].join(" ").trim() || undefined;
}

/** The sign of the gateway: a track that branches off at a switch. */
export function Mark() {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      fill="none"
      strokeWidth="2.4"
      strokeLinecap="round"
      className="size-5.5 shrink-0"
    >
      <path d="M2 17h20" stroke="var(--accent)" />
      <path d="M5 17c6 0 5-9 11-9h6" stroke="var(--ink)" />
      <circle cx="5" cy="17" r="2.4" fill="var(--well)" />
    </svg>
  );
}

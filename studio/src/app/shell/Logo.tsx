/** A conductor's baton in mid-beat. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="8" fill="#15585c" />
      <path d="M7.5 20.5c1.2-8 7-13 15-12.6" fill="none" stroke="#7fd1cf" strokeWidth="2.4" strokeLinecap="round" />
      <path d="M11.2 22.6 25 12.4" fill="none" stroke="#fff" strokeWidth="2.2" strokeLinecap="round" />
      <circle cx="10.4" cy="23.2" r="3.1" fill="#f0b64a" />
    </svg>
  );
}

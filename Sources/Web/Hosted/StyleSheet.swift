/// The one style sheet of the hosted pages. Nothing comes from elsewhere: no font, no image.
enum StyleSheet {
  static let text = colours + layout + parts

  /// Text keeps a contrast of 4.5 to 1 on every background (WCAG 2.2, 1.4.3).
  private static let colours = """
    :root { color-scheme: light dark; --ink: #1b1f24; --paper: #f3f5f8; --card: #fff; --line: #d5dae1;
      --accent: #0a5bb5; --on-accent: #fff; --fault: #9b1c1c; --fault-ground: #fdf0f0; --quiet: #56606d;
      --sun: #d98e04; --good: #1a7f37; --shade: 0 1px 2px #1b1f240d, 0 8px 24px #1b1f2412; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8ebef; --paper: #14171b; --card: #1d2127; --line: #3a424d; --accent: #6db3ff;
        --on-accent: #0b1520; --fault: #ffa3a3; --fault-ground: #33201f; --quiet: #a3adbb; --sun: #f2b441; --good: #4ac26b;
        --shade: none; } }

    """

  private static let layout = """
    * { box-sizing: border-box; }
    body { margin: 0; padding: 2rem 1rem 3rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
    header, main, footer { max-width: 34rem; margin: 0 auto; }
    header { display: flex; align-items: center; gap: .5rem; padding: 0 .25rem; color: var(--quiet);
      font-weight: 600; letter-spacing: .02em; }
    header svg { width: 1.4rem; height: 1.4rem; fill: var(--sun); stroke: var(--sun); stroke-width: 1.8;
      stroke-linecap: round; }
    main { margin-top: 1rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
      border-radius: 1rem; box-shadow: var(--shade); }
    footer { margin-top: 1rem; padding: 0 .25rem; color: var(--quiet); font-size: .875rem; }
    footer p { margin: 0 0 .35rem; }
    @media (min-width: 40rem) { body { padding-top: 10vh; } }
    @media (max-width: 26rem) { main { padding: 1.5rem 1.25rem; } }

    """

  private static let parts = """
    h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
    h2 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
    p { margin: 0 0 1rem; }
    h2 + p { margin-top: 0; }
    main > :last-child { margin-bottom: 0; }
    a { color: var(--accent); text-underline-offset: .15em; }
    .notes { margin: 0 0 1rem; padding-left: 1.2rem; color: var(--quiet); }
    .notes li { margin-bottom: .35rem; }
    form, .ways { display: grid; gap: .75rem; margin: 1.5rem 0 0; }
    button, .button { display: block; width: 100%; padding: .8rem 1rem; border: 1px solid var(--accent);
      border-radius: .6rem; background: var(--accent); color: var(--on-accent); font: inherit;
      font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
    .second { background: transparent; color: var(--accent); }
    button:hover, .button:hover { filter: brightness(1.08); }
    :focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
    label { font-weight: 600; }
    textarea { display: block; width: 100%; min-height: 5.5rem; padding: .7rem .8rem; resize: vertical;
      border: 1px solid var(--quiet); border-radius: .6rem; background: var(--paper); color: var(--ink);
      font: inherit; }
    .fault { margin: 0 0 1rem; padding: .9rem 1.1rem; border-left: .25rem solid var(--fault);
      border-radius: .25rem .6rem .6rem .25rem; background: var(--fault-ground); color: var(--fault); }
    ol { margin: 0 0 1rem; padding-left: 1.3rem; }
    ol li { margin-bottom: .35rem; }
    .code { margin: 0 0 1.5rem; padding: 1rem; border: 1px solid var(--line); border-radius: .6rem;
      background: var(--paper); font: 700 1.75rem/1.2 ui-monospace, monospace; letter-spacing: .12em;
      text-align: center; user-select: all; }
    .check { display: block; width: 3.5rem; height: 3.5rem; margin: 0 0 1rem; fill: var(--good); }
    .check path { fill: none; stroke: var(--card); stroke-width: 2.4; stroke-linecap: round;
      stroke-linejoin: round; }
    .copy { padding: .7rem .9rem; border: 1px solid var(--line); border-radius: .6rem;
      background: var(--paper); font: .85rem/1.5 ui-monospace, monospace; user-select: all; }
    .detail { margin: 1.5rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet);
      font-size: .85rem; }

    """
}

/// What all pages of Heliograph look like: colours, words, buttons and fields, in light and in dark. Each kind of page
/// adds its layout. Nothing comes from elsewhere: no font, no image.
package enum HouseStyle {
  /// CSS.
  package static let sheet = Markup(joining: [colours, words, controls])

  /// The mirror that signals by the sun, for the header of a page.
  package static let mark: Markup = """
    <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="4.5"/>\
    <path d="M12 1.5v3M12 19.5v3M1.5 12h3M19.5 12h3M4.6 4.6l2.1 2.1M17.3 17.3l2.1 2.1M4.6 19.4l2.1-2.1\
    M17.3 6.7l2.1-2.1"/></svg>
    """

  /// Text keeps a contrast of 4.5 to 1 on every background (WCAG 2.2, 1.4.3).
  private static let colours: Markup = """
    :root { color-scheme: light dark; --ink: #1b1f24; --paper: #f3f5f8; --card: #fff; --line: #d5dae1;
      --accent: #0a5bb5; --on-accent: #fff; --fault: #9b1c1c; --fault-ground: #fdf0f0; --quiet: #56606d;
      --sun: #d98e04; --good: #1a7f37; --shade: 0 1px 2px #1b1f240d, 0 8px 24px #1b1f2412; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8ebef; --paper: #14171b; --card: #1d2127; --line: #3a424d; --accent: #6db3ff;
        --on-accent: #0b1520; --fault: #ffa3a3; --fault-ground: #33201f; --quiet: #a3adbb; --sun: #f2b441;
        --good: #4ac26b; --shade: none; } }

    """

  private static let words: Markup = """
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif;
      overflow-wrap: anywhere; }
    header { display: flex; align-items: center; gap: .5rem; color: var(--quiet); font-weight: 600;
      letter-spacing: .02em; }
    header svg { width: 1.4rem; height: 1.4rem; fill: var(--sun); stroke: var(--sun); stroke-width: 1.8;
      stroke-linecap: round; }
    h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
    p { margin: 0 0 1rem; }
    a { color: var(--accent); text-underline-offset: .15em; }
    .fault { margin: 0 0 1rem; padding: .9rem 1.1rem; border-left: .25rem solid var(--fault);
      border-radius: .25rem .6rem .6rem .25rem; background: var(--fault-ground); color: var(--fault); }

    """

  private static let controls: Markup = """
    button, .button { border: 1px solid var(--accent); border-radius: .6rem; background: var(--accent);
      color: var(--on-accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none;
      cursor: pointer; }
    .second { background: transparent; color: var(--accent); }
    button:hover, .button:hover { filter: brightness(1.08); }
    :focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
    label { font-weight: 600; }
    input, select, textarea { border: 1px solid var(--quiet); border-radius: .6rem; background: var(--paper);
      color: var(--ink); font: inherit; }

    """
}

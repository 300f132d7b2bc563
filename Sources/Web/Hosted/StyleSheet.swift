import HTML

/// The one style sheet of the hosted pages: the house style, and one card in the middle of the window.
enum StyleSheet {
  static let text = HouseStyle.sheet.text + layout + parts

  private static let layout = """
    body { padding: 2rem 1rem 3rem; }
    header, main, footer { max-width: 34rem; margin: 0 auto; }
    header { padding: 0 .25rem; }
    main { margin-top: 1rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
      border-radius: 1rem; box-shadow: var(--shade); }
    main > :last-child { margin-bottom: 0; }
    footer { margin-top: 1rem; padding: 0 .25rem; color: var(--quiet); font-size: .875rem; }
    footer p { margin: 0 0 .35rem; }
    @media (min-width: 40rem) { body { padding-top: 10vh; } }
    @media (max-width: 26rem) { main { padding: 1.5rem 1.25rem; } }

    """

  private static let parts = """
    h2 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
    h2 + p { margin-top: 0; }
    .notes { margin: 0 0 1rem; padding-left: 1.2rem; color: var(--quiet); }
    .notes li { margin-bottom: .35rem; }
    form, .ways { display: grid; gap: .75rem; margin: 1.5rem 0 0; }
    button, .button { display: block; width: 100%; padding: .8rem 1rem; }
    textarea { display: block; width: 100%; min-height: 5.5rem; padding: .7rem .8rem; resize: vertical; }
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

/// The properties of a style attribute that are kept, and what their values may be. No value holds an address, a
/// function other than of colours, or a variable. Not in it are all properties that take an element out of its place
/// (`position`, `z-index`, `transform`), and negative margins.
enum StyleTable {
  /// What the tokens of a value may be.
  struct Grammar {
    var words: Set<String> = []
    /// Numbers with one of `units`, or without, from 0 to `largest`.
    var hasLengths = false
    var hasColors = false
    /// Any words, texts in quotation marks, and commas.
    var hasNames = false
    var hasSlash = false
    /// At most so many tokens.
    var most = 1
  }

  /// So wide that no message needs more, and so small that no page is stretched by it without end.
  static let largest = 10_000.0
  static let units: Set<String> = ["", "px", "pt", "pc", "em", "rem", "ex", "ch", "in", "cm", "mm", "%"]

  static let properties: [String: Grammar] = {
    var properties: [String: Grammar] = [
      "border-collapse": Grammar(words: ["collapse", "separate"]),
      "border-radius": Grammar(hasLengths: true, hasSlash: true, most: 9),
      "border-spacing": Grammar(hasLengths: true, most: 2),
      "box-sizing": Grammar(words: ["border-box", "content-box"]),
      "caption-side": Grammar(words: ["top", "bottom"]),
      "clear": Grammar(words: ["left", "right", "both", "none"]),
      "direction": Grammar(words: ["ltr", "rtl"]),
      "display": Grammar(words: [
        "block", "inline", "inline-block", "inline-table", "list-item", "none", "table", "table-caption",
        "table-cell", "table-column", "table-column-group", "table-footer-group", "table-header-group",
        "table-row", "table-row-group",
      ]),
      "empty-cells": Grammar(words: ["show", "hide"]),
      "float": Grammar(words: ["left", "right", "none"]),
      "font": Grammar(words: fontWords, hasLengths: true, hasNames: true, hasSlash: true, most: 40),
      "font-family": Grammar(hasNames: true, most: 40),
      "font-size": Grammar(words: fontSizes, hasLengths: true),
      "font-style": Grammar(words: ["normal", "italic", "oblique"]),
      "font-variant": Grammar(words: ["normal", "small-caps"]),
      "font-weight": Grammar(words: ["normal", "bold", "bolder", "lighter"], hasLengths: true),
      "letter-spacing": Grammar(words: ["normal"], hasLengths: true),
      "line-height": Grammar(words: ["normal"], hasLengths: true),
      "list-style": Grammar(words: listStyles.union(["inside", "outside"]), most: 2),
      "list-style-position": Grammar(words: ["inside", "outside"]),
      "list-style-type": Grammar(words: listStyles),
      "opacity": Grammar(hasLengths: true),
      "overflow": Grammar(words: ["visible", "hidden", "auto", "scroll"]),
      "overflow-wrap": Grammar(words: ["normal", "break-word", "anywhere"]),
      "table-layout": Grammar(words: ["auto", "fixed"]),
      "text-align": Grammar(words: ["left", "right", "center", "justify", "start", "end"]),
      "text-decoration": Grammar(words: decorations, hasColors: true, most: 4),
      "text-indent": Grammar(hasLengths: true),
      "text-transform": Grammar(words: ["none", "capitalize", "uppercase", "lowercase"]),
      "vertical-align": Grammar(
        words: ["baseline", "sub", "super", "top", "text-top", "middle", "bottom", "text-bottom"],
        hasLengths: true),
      "visibility": Grammar(words: ["visible", "hidden", "collapse"]),
      "white-space": Grammar(words: ["normal", "nowrap", "pre", "pre-wrap", "pre-line"]),
      "word-break": Grammar(words: ["normal", "break-all", "keep-all", "break-word"]),
      "word-spacing": Grammar(words: ["normal"], hasLengths: true),
      "word-wrap": Grammar(words: ["normal", "break-word"]),
    ]
    for name in ["color", "background-color"] { properties[name] = Grammar(hasColors: true) }
    for name in ["width", "height", "max-width", "max-height", "min-width", "min-height"] {
      properties[name] = Grammar(words: ["auto", "none"], hasLengths: true)
    }
    properties["border-width"] = Grammar(words: borderWidths, hasLengths: true, most: 4)
    properties["border-style"] = Grammar(words: borderStyles, most: 4)
    properties["border-color"] = Grammar(hasColors: true, most: 4)
    let border = Grammar(words: borderStyles.union(borderWidths), hasLengths: true, hasColors: true, most: 3)
    properties["border"] = border
    for box in ["margin", "padding"] {
      properties[box] = Grammar(words: ["auto"], hasLengths: true, most: 4)
    }
    for side in ["top", "right", "bottom", "left"] {
      properties["margin-\(side)"] = Grammar(words: ["auto"], hasLengths: true)
      properties["padding-\(side)"] = Grammar(hasLengths: true)
      properties["border-\(side)"] = border
      properties["border-\(side)-width"] = Grammar(words: borderWidths, hasLengths: true)
      properties["border-\(side)-style"] = Grammar(words: borderStyles)
      properties["border-\(side)-color"] = Grammar(hasColors: true)
    }
    for corner in ["top-left", "top-right", "bottom-left", "bottom-right"] {
      properties["border-\(corner)-radius"] = Grammar(hasLengths: true, most: 2)
    }
    return properties
  }()

  private static let borderStyles: Set<String> = [
    "none", "hidden", "dotted", "dashed", "solid", "double", "groove", "ridge", "inset", "outset",
  ]
  private static let borderWidths: Set<String> = ["thin", "medium", "thick"]
  private static let listStyles: Set<String> = [
    "none", "disc", "circle", "square", "decimal", "decimal-leading-zero", "lower-alpha", "lower-latin",
    "lower-roman", "lower-greek", "upper-alpha", "upper-latin", "upper-roman",
  ]
  private static let decorations: Set<String> = [
    "none", "underline", "overline", "line-through", "solid", "double", "dotted", "dashed", "wavy",
  ]
  private static let fontSizes: Set<String> = [
    "xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "smaller", "larger",
  ]
  private static let fontWords: Set<String> = ["normal", "italic", "oblique", "bold", "small-caps"]

  /// CSS Color 4, named colours, with `transparent` and `currentcolor`.
  static let colorNames = Set(
    """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown
    burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson currentcolor cyan
    darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen
    darkorange darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray darkslategrey
    darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite
    forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink
    indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral
    lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen
    lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta
    maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue
    mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin
    navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen
    paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple rebeccapurple red
    rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue
    slategray slategrey snow springgreen steelblue tan teal thistle tomato transparent turquoise violet
    wheat white whitesmoke yellow yellowgreen
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}

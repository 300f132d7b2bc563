/// The attributes that are kept, and what their values may be. Not in it, among others: `id`, `name` and `class`,
/// which reach into the page around the message; everything that begins with `on`; and every address but those of
/// links and images.
enum AttributeTable {
  static let ofAll: [String: AttributeValue] = [
    "align": .words([
      "left", "center", "right", "justify", "top", "middle", "bottom", "absmiddle", "baseline",
    ]),
    "dir": .words(["ltr", "rtl", "auto"]),
    "lang": .language,
    "style": .style,
    "title": .text,
  ]

  static let ofElements: [Tag: [String: AttributeValue]] = [
    .a: ["href": .link],
    .abbr: [:],
    .blockquote: ["type": .words(["cite"])],
    // Becomes the style of a `div`.
    .body: ["bgcolor": .color, "text": .color],
    .br: ["clear": .words(["left", "right", "all", "both", "none"])],
    .caption: ["valign": verticalAlignment],
    .col: ["span": span, "valign": verticalAlignment, "width": .length],
    .colgroup: ["span": span, "valign": verticalAlignment, "width": .length],
    .del: ["datetime": .moment],
    .details: ["open": .flag],
    .font: ["color": .color, "face": .fontNames, "size": .fontSize],
    .hr: ["color": .color, "noshade": .flag, "size": .integer(0...1000), "width": .length],
    .img: [
      "alt": .text, "border": .integer(0...100), "height": .length, "hspace": .integer(0...1000),
      "src": .image, "vspace": .integer(0...1000), "width": .length,
    ],
    .ins: ["datetime": .moment],
    .li: ["type": listType, "value": .integer(-99_999...99_999)],
    .ol: ["reversed": .flag, "start": .integer(-99_999...99_999), "type": listType],
    .table: [
      "bgcolor": .color, "border": .integer(0...100), "bordercolor": .color,
      "cellpadding": .integer(0...1000),
      "cellspacing": .integer(0...1000), "frame": frame, "height": .length, "rules": rules, "width": .length,
    ],
    .tbody: ["bgcolor": .color, "valign": verticalAlignment],
    .td: cell, .th: cell,
    .tfoot: ["bgcolor": .color, "valign": verticalAlignment],
    .thead: ["bgcolor": .color, "valign": verticalAlignment],
    .time: ["datetime": .moment],
    .tr: ["bgcolor": .color, "height": .length, "valign": verticalAlignment],
    .ul: ["type": listType],
  ]

  private static let cell: [String: AttributeValue] = [
    "bgcolor": .color, "colspan": span, "height": .length, "nowrap": .flag, "rowspan": span,
    "scope": .words(["row", "col", "rowgroup", "colgroup"]), "valign": verticalAlignment, "width": .length,
  ]
  /// Browsers stop at 1,000 columns; so many rows are more than any message needs.
  private static let span = AttributeValue.integer(1...1000)
  private static let verticalAlignment = AttributeValue.words(["top", "middle", "bottom", "baseline"])
  private static let listType = AttributeValue.words(["1", "a", "i", "disc", "circle", "square"])
  private static let frame = AttributeValue.words([
    "void", "above", "below", "hsides", "lhs", "rhs", "vsides", "box", "border",
  ])
  private static let rules = AttributeValue.words(["none", "groups", "rows", "cols", "all"])

  static func value(_ name: String, of tag: Tag) -> AttributeValue? { ofElements[tag]?[name] ?? ofAll[name] }

  /// What is added to a link.
  static let ofLinks = [
    Tree.Attribute(name: "target", value: "_blank"),
    Tree.Attribute(name: "rel", value: "noopener noreferrer nofollow"),
  ]
}

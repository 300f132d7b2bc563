/// Makes a tree of tokens by the rules of the HTML Living Standard, section 13.2.6, for the elements that are kept.
///
/// What a browser makes of the serialised tree is that same tree. Where the standard breaks that, the rules differ:
/// nothing is moved in front of a table (text there gets a cell of its own, other elements lose their tags), a
/// heading always ends an open heading, and `table` always ends an open paragraph.
struct TreeBuilder {
  /// A browser cuts at 512 (Chromium); no message that a person wrote comes near this.
  static let deepest = 256
  /// What a table needs below itself: a group, a row and a cell.
  private static let tableDepth = 3

  let filter: AttributeFilter
  /// With copies of formatting elements.
  let mostElements: Int
  /// What is more would not be written; a few bytes of source can stand for a large image.
  let mostBytes: Int

  var tree = Tree()
  /// The open elements, the innermost last.
  var open: [Int] = []
  /// The open or reopening formatting elements; `nil` is a marker, where a cell began.
  var formatting: [Int?] = []
  private(set) var blockedImages = 0
  private(set) var removedElements = 0
  private(set) var isTruncated = false

  private var tokenizer: Tokenizer
  /// How many of each were not opened because the tree is too deep, whose end tags are still to come.
  private var ignored: [Tag: Int] = [:]

  init(_ tokenizer: Tokenizer, filter: AttributeFilter, limits: SafeHTML.Limits) {
    self.tokenizer = tokenizer
    self.filter = filter
    mostElements = limits.elements
    mostBytes = limits.resultBytes
  }

  mutating func build() {
    while let token = tokenizer.next() {
      guard tree.elements < mostElements, tree.size <= mostBytes else {
        isTruncated = true
        return
      }
      switch token {
      case .text(let text): insert(text)
      case .start(let start): self.start(start)
      case .end(let name): if let tag = Treatment.tag(name) { end(tag) }
      }
    }
  }

  private mutating func start(_ start: Tokenizer.StartTag) {
    switch Treatment(start.name) {
    case .keep(.body): openBody(start)
    case .keep(let tag): self.start(tag, start)
    case .unwrap: break
    case .drop:
      removedElements += 1
      skip(start.name)
    case .dropForeign:
      removedElements += 1
      if !start.isSelfClosing { skipForeign(start.name) }
    case .dropRaw:
      removedElements += 1
      _ = tokenizer.rawText(of: start.name)
    case .dropVoid: removedElements += 1
    case .text:
      removedElements += 1
      insert(CharacterReferences.decoded(tokenizer.rawText(of: start.name), inAttribute: false))
    case .verbatim: insertVerbatim(tokenizer.rawText(of: start.name))
    case .plaintext: insertVerbatim(tokenizer.rest())
    }
  }

  /// Up to the end tag that belongs to the element, over elements of the same name within it.
  private mutating func skip(_ name: String) {
    var depth = 1
    while depth > 0, let token = tokenizer.next() {
      switch token {
      case .start(let start) where start.name == name: depth += 1
      case .start(let start):
        switch Treatment(start.name) {
        case .dropRaw, .text, .verbatim: _ = tokenizer.rawText(of: start.name)
        case .plaintext: _ = tokenizer.rest()
        default: break
        }
      case .end(name): depth -= 1
      case .end, .text: break
      }
    }
  }

  private mutating func skipForeign(_ name: String) {
    tokenizer.isForeign = true
    defer { tokenizer.isForeign = false }
    var depth = 1
    while depth > 0, let token = tokenizer.next() {
      switch token {
      case .start(let start) where start.name == name && !start.isSelfClosing: depth += 1
      case .end(name): depth -= 1
      case .start, .end, .text: break
      }
    }
  }

  private mutating func insertVerbatim(_ text: ArraySlice<UInt8>) {
    start(.pre, Tokenizer.StartTag(name: "pre"))
    insert(CharacterReferences.cleaned(text))
    end(.pre)
  }

  /// The first one, in front of everything else, holds the colours and the font of the whole message.
  private mutating func openBody(_ start: Tokenizer.StartTag) {
    guard open.isEmpty, tree.nodes[Tree.root].first == nil else { return }
    let attributes = filter.attributes(of: .body, start.attributes).list
    if !attributes.isEmpty { push(.body, attributes) }
  }
}

extension TreeBuilder {
  var current: Tag? { open.last.flatMap { tree.nodes[$0].tag } }
  var isAmongTableParts: Bool { current?.holdsTableParts ?? false }

  func tag(_ node: Int) -> Tag { tree.nodes[node].tag ?? .body }

  /// Whether one is open inside the innermost table part, cell or caption and, for a list item, inside its list.
  func isInScope(besides boundary: (Tag) -> Bool = { _ in false }, _ wanted: (Tag) -> Bool) -> Bool {
    for node in open.reversed() {
      let tag = tag(node)
      if wanted(tag) { return true }
      if tag == .table || tag.isCell || boundary(tag) { return false }
    }
    return false
  }

  func hasRoom(for tag: Tag, copies: Int = 0) -> Bool {
    let below = tag == .table ? Self.tableDepth : 0
    return open.count + below < Self.deepest && tree.elements + copies < mostElements
  }

  @discardableResult
  mutating func push(_ tag: Tag, _ attributes: [Tree.Attribute]) -> Int {
    let node = tree.element(tag, attributes)
    push(node)
    return node
  }

  mutating func push(_ node: Int) {
    tree.append(node, to: open.last ?? Tree.root)
    open.append(node)
    if tag(node).isCell { formatting.append(nil) }
  }

  mutating func pop() {
    guard let node = open.popLast(), tag(node).isCell else { return }
    while let entry = formatting.popLast(), entry != nil {}
  }

  /// Up to and with the innermost one; it must be open.
  mutating func pop(through isLast: (Tag) -> Bool) {
    while let node = open.last {
      pop()
      if isLast(tag(node)) { return }
    }
  }

  mutating func generateImpliedEndTags() {
    while let current, current.hasImpliedEnd { pop() }
  }

  mutating func closeParagraph() {
    if isInScope({ $0 == .p }) { pop { $0 == .p } }
  }

  /// An element that stays open, or a void one.
  private mutating func place(_ tag: Tag, _ attributes: [Tokenizer.Attribute]) {
    let filtered = filter.attributes(of: tag, attributes)
    if filtered.isBlockedImage { blockedImages += 1 }
    if tag.isVoid {
      tree.append(tree.element(tag, filtered.list), to: open.last ?? Tree.root)
    } else {
      let node = push(tag, filtered.list)
      if tag.isFormatting { remember(node) }
    }
  }

  private mutating func start(_ tag: Tag, _ start: Tokenizer.StartTag) {
    guard hasRoom(for: tag) || tag.isTablePart else {
      if !tag.isVoid { ignored[tag, default: 0] += 1 }
      return
    }
    if tag.isTablePart {
      guard isInTable else { return }
      makeRoom(for: tag)
      return place(tag, start.attributes)
    }
    if isAmongTableParts {
      switch tag {
      case .table: pop { $0 == .table }
      case .img: makeRoom(for: .td); push(.td, [])
      default: return
      }
    }
    prepare(for: tag)
    place(tag, start.attributes)
  }

  /// Closes what ends where such an element begins, and reopens formatting elements.
  private mutating func prepare(for tag: Tag) {
    switch tag {
    case .li: closeItem { $0 == .li }
    case .dd, .dt: closeItem { $0 == .dd || $0 == .dt }
    case .rp, .rt: if isInScope({ $0 == .ruby }) { generateImpliedEndTags() }
    case .table, .hr: closeParagraph()
    case .a:
      closeLink()
      reconstructFormatting()
    case _ where tag.isBlock:
      closeParagraph()
      if tag.isHeading { closeHeading() }
    default: reconstructFormatting()
    }
  }

  private mutating func closeItem(_ isItem: (Tag) -> Bool) {
    for node in open.reversed() {
      let tag = tag(node)
      if isItem(tag) {
        pop { isItem($0) }
        break
      }
      if tag.isSpecial, tag != .address, tag != .div, tag != .p { break }
    }
    closeParagraph()
  }

  private mutating func closeHeading() {
    for node in open.reversed() {
      if tag(node).isHeading { return pop { $0.isHeading } }
      if tag(node).isSpecial { return }
    }
  }

  mutating func end(_ tag: Tag) {
    if let count = ignored[tag], count > 0 {
      ignored[tag] = count - 1
      return
    }
    if tag == .table || tag.isTablePart { return endTablePart(tag) }
    guard !isAmongTableParts else { return }
    switch tag {
    case .body: return
    case .br: start(.br, Tokenizer.StartTag(name: "br"))
    case .p where !isInScope({ $0 == .p }):
      start(.p, Tokenizer.StartTag(name: "p"))
      end(.p)
    case .li:
      if isInScope(besides: { $0 == .ol || $0 == .ul }, { $0 == tag }) { pop { $0 == tag } }
    case _ where tag.isHeading: if isInScope(\.isHeading) { pop(through: \.isHeading) }
    case _ where tag.isFormatting: endFormatting(tag)
    case _ where tag.isBlock || tag == .dd || tag == .dt: if isInScope({ $0 == tag }) { pop { $0 == tag } }
    default: endOther(tag)
    }
  }

  /// Ends it unless a special element that began within it is open.
  mutating func endOther(_ tag: Tag) {
    for node in open.reversed() {
      if self.tag(node) == tag { return pop { $0 == tag } }
      if self.tag(node).isSpecial { return }
    }
  }

  private mutating func insert(_ text: [UInt8]) {
    var text = text[...]
    if isAmongTableParts {
      guard !text.allSatisfy(\.isHTMLSpace) else { return }
      makeRoom(for: .td)
      push(.td, [])
    }
    // A browser leaves out white space in front of everything.
    if open.isEmpty, tree.nodes[Tree.root].first == nil { text = text.drop(while: \.isHTMLSpace) }
    reconstructFormatting()
    // It leaves out a line break after this start tag, too.
    if current == .pre, let pre = open.last, tree.nodes[pre].first == nil { text = text.drop { $0 == 0x0A } }
    if !text.isEmpty { tree.append(text, to: open.last ?? Tree.root) }
  }
}

/// Elements and text in one array, where they refer to each other by index. The root is at 0.
struct Tree {
  struct Attribute: Equatable {
    let name: String
    let value: String
  }

  struct Node {
    /// `nil` for text and for the root.
    var tag: Tag?
    /// Where its text is in `text`; empty for an element.
    var text: Range<Int> = 0..<0
    /// Where its attributes are in `attributes`.
    var attributes = 0
    var parent = 0
    var previous: Int?
    var next: Int?
    var first: Int?
    var last: Int?
  }

  static let root = 0

  private(set) var nodes = [Node()]
  private(set) var elements = 0
  /// Bytes of text and attributes; those of copies are shared.
  var size: Int { text.count + attributeSize }
  private var attributeSize = 0
  private(set) var text: [UInt8] = []
  private(set) var attributes: [[Attribute]] = [[]]

  mutating func element(_ tag: Tag, _ list: [Attribute]) -> Int {
    if !list.isEmpty { attributes.append(list) }
    for attribute in list { attributeSize += attribute.value.utf8.count }
    elements += 1
    nodes.append(Node(tag: tag, attributes: list.isEmpty ? 0 : attributes.count - 1))
    return nodes.count - 1
  }

  /// A new element of the same name with the same attributes, in no place yet.
  mutating func copy(of node: Int) -> Int {
    elements += 1
    nodes.append(Node(tag: nodes[node].tag, attributes: nodes[node].attributes))
    return nodes.count - 1
  }

  func isAlike(_ one: Int, _ other: Int) -> Bool {
    nodes[one].tag == nodes[other].tag
      && (nodes[one].attributes == nodes[other].attributes
        || attributes[nodes[one].attributes] == attributes[nodes[other].attributes])
  }

  mutating func append(_ node: Int, to parent: Int) {
    nodes[node].parent = parent
    nodes[node].previous = nodes[parent].last
    nodes[node].next = nil
    if let last = nodes[parent].last {
      nodes[last].next = node
    } else {
      nodes[parent].first = node
    }
    nodes[parent].last = node
  }

  mutating func append(_ new: some Collection<UInt8>, to parent: Int) {
    let start = text.count
    text += new
    if let last = nodes[parent].last, nodes[last].tag == nil, nodes[last].text.upperBound == start {
      nodes[last].text = nodes[last].text.lowerBound..<text.count
    } else {
      nodes.append(Node(text: start..<text.count))
      append(nodes.count - 1, to: parent)
    }
  }

  /// Takes a node that is the last one of its parent out of it.
  mutating func removeLast(_ node: Int) {
    let parent = nodes[node].parent
    nodes[parent].last = nodes[node].previous
    if let previous = nodes[node].previous {
      nodes[previous].next = nil
    } else {
      nodes[parent].first = nil
    }
    nodes[node].previous = nil
  }

  /// Only the last one gets to know its new parent: no other one is ever taken out again.
  mutating func moveChildren(of old: Int, to new: Int) {
    nodes[new].first = nodes[old].first
    nodes[new].last = nodes[old].last
    nodes[old].first = nil
    nodes[old].last = nil
    if let last = nodes[new].last { nodes[last].parent = new }
  }
}

/// Reads the attributes of a tag by the tables.
struct AttributeFilter {
  let options: SafeHTML.Options

  /// - Returns: what is written, and whether it is an image whose address was left out because it is remote.
  func attributes(
    of tag: Tag, _ source: [Tokenizer.Attribute]
  ) -> (list: [Tree.Attribute], isBlockedImage: Bool) {
    var list: [Tree.Attribute] = []
    var seen: Set<String> = []
    var isBlockedImage = false
    for attribute in source {
      // Of several with one name the first counts.
      guard let kind = AttributeTable.value(attribute.name, of: tag), seen.insert(attribute.name).inserted
      else { continue }
      let value = String(
        decoding: CharacterReferences.decoded(attribute.value, inAttribute: true), as: UTF8.self)
      switch kind {
      case .link:
        guard let address = Address.link(value) else { continue }
        list.append(Tree.Attribute(name: attribute.name, value: address))
        list += AttributeTable.ofLinks
      case .image:
        switch Address.image(value, options) {
        case .shown(let address): list.append(Tree.Attribute(name: attribute.name, value: address))
        case .blocked: isBlockedImage = true
        case .none: break
        }
      default:
        if let written = kind.written(value) {
          list.append(Tree.Attribute(name: attribute.name, value: written))
        }
      }
    }
    return (tag == .body ? Self.styled(list) : list, isBlockedImage)
  }

  /// The colours of `body` as a style, in front of its own.
  private static func styled(_ list: [Tree.Attribute]) -> [Tree.Attribute] {
    let properties = ["bgcolor": "background-color", "text": "color"]
    let own = list.filter { $0.name == "style" }.map(\.value)
    let colors = list.compactMap { attribute in properties[attribute.name].map { "\($0): \(attribute.value)" }
    }
    let style = (colors + own).joined(separator: "; ")
    let others = list.filter { $0.name != "style" && properties[$0.name] == nil }
    return others + (style.isEmpty ? [] : [Tree.Attribute(name: "style", value: style)])
  }
}

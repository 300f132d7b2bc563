/// The folders of a mailbox, and what became of them for those who ask for changes.
struct FolderTree: Sendable {
  private(set) var nodes: [MailFolder: FolderNode]
  private var children: [MailFolder: [MailFolder]] = [:]
  private(set) var changes = ChangeLog<MailFolder>()
  private var lastNumber = MailFolder.firstMade - 1
  /// Counts the changes of folders.
  private(set) var sequence: UInt64 = 1

  init() {
    nodes = Dictionary(uniqueKeysWithValues: FolderNode.standard.map { ($0.folder, $0) })
    for node in FolderNode.standard where node.folder != node.parent {
      children[node.parent, default: []].append(node.folder)
    }
    for node in FolderNode.standard { nodes[node.folder]?.arrived = sequence }
  }

  subscript(_ folder: MailFolder) -> FolderNode? { nodes[folder] }

  /// By the key of its page.
  func folder(key: String) -> MailFolder? {
    let folder = MailFolder(wellKnownName: key) ?? Int(key).map(MailFolder.init)
    return folder.flatMap { nodes[$0] }?.folder
  }

  /// In the order in which they were made.
  func children(of folder: MailFolder, includingHidden: Bool) -> [MailFolder] {
    let all = children[folder] ?? []
    return includingHidden ? all : all.filter { nodes[$0]?.isHidden == false }
  }

  /// Itself and all below it.
  func subtree(of folder: MailFolder) -> [MailFolder] {
    [folder] + (children[folder] ?? []).flatMap(subtree)
  }

  func isBelow(_ folder: MailFolder, _ ancestor: MailFolder) -> Bool {
    var current = folder
    while current != .mailboxRoot {
      if current == ancestor { return true }
      current = nodes[current]?.parent ?? .mailboxRoot
    }
    return ancestor == .mailboxRoot
  }

  /// Names count without regard to case.
  func has(_ name: String, in parent: MailFolder) -> Bool {
    let name = name.lowercased()
    return (children[parent] ?? []).contains { nodes[$0]?.displayName.lowercased() == name }
  }

  /// The name, or one with a number behind it if that is taken.
  func free(_ name: String, in parent: MailFolder) -> String {
    var (free, number) = (name, 0)
    while has(free, in: parent) {
      number += 1
      free = "\(name)\(number)"
    }
    return free
  }

  mutating func make(_ name: String, in parent: MailFolder, isHidden: Bool) -> MailFolder {
    lastNumber += 1
    let folder = MailFolder(number: lastNumber)
    nodes[folder] = FolderNode(folder: folder, displayName: name, parent: parent, isHidden: isHidden)
    children[parent, default: []].append(folder)
    note(folder, isNew: true)
    return folder
  }

  mutating func rename(_ folder: MailFolder, to name: String) {
    nodes[folder]?.displayName = name
    note(folder, isNew: false)
  }

  mutating func move(_ folder: MailFolder, to parent: MailFolder, as name: String) {
    guard let old = nodes[folder]?.parent else { return }
    children[old]?.removeAll { $0 == folder }
    children[parent, default: []].append(folder)
    nodes[folder]?.parent = parent
    nodes[folder]?.displayName = name
    note(folder, isNew: false)
  }

  /// With all below it, which must be empty by then.
  mutating func remove(_ folder: MailFolder) {
    for folder in subtree(of: folder).reversed() {
      guard let node = nodes.removeValue(forKey: folder) else { continue }
      children[node.parent]?.removeAll { $0 == folder }
      children[folder] = nil
      sequence += 1
      changes.append(.init(sequence: sequence, subject: folder, arrived: node.arrived, isGone: true))
    }
  }

  private mutating func note(_ folder: MailFolder, isNew: Bool) {
    sequence += 1
    nodes[folder]?.changed = sequence
    if isNew { nodes[folder]?.arrived = sequence }
    changes.append(.init(sequence: sequence, subject: folder, arrived: 0, isGone: false))
  }
}

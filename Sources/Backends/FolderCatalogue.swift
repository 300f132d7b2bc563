import Core
import Microsoft
import Store
import Synchronization

/// What is known of the folders of mailboxes at Graph, so that showing a message does not ask for its folder again.
///
/// The folders that every mailbox has keep their ids. All else may change at any time, so it is asked for again after a
/// minute; nothing but what is shown depends on it.
final class FolderCatalogue: Sendable {
  struct Entry: Sendable {
    var folders: [String: Folder]
    /// Ids of folders that messages are in and that people do not see.
    var hidden: Set<String> = []
    var until: Instant
  }

  private struct State {
    var specialUses: [LaneKey: [String: SpecialUse]] = [:]
    var entries: [LaneKey: Entry] = [:]
  }

  /// Mailboxes that are remembered; with more, all are forgotten.
  private static let room = 1000
  private static let lifetime: Duration = .seconds(60)

  private let time: any Time
  private let state = Mutex(State())

  init(time: any Time) {
    self.time = time
  }

  /// By the folders' ids.
  func specialUses(of lane: LaneKey) -> [String: SpecialUse]? { state.withLock { $0.specialUses[lane] } }

  func keep(_ uses: [String: SpecialUse], of lane: LaneKey) {
    state.withLock { state in
      if state.specialUses.count >= Self.room { state.specialUses = [:] }
      state.specialUses[lane] = uses
    }
  }

  /// By their ids.
  func folders(of lane: LaneKey) -> [String: Folder]? {
    let now = time.now
    return state.withLock { state in
      guard let entry = state.entries[lane], now < entry.until else { return nil }
      return entry.folders
    }
  }

  func keep(_ folders: [Folder], of lane: LaneKey) {
    let entry = Entry(
      folders: Dictionary(folders.map { ($0.id, $0) }) { first, _ in first }, until: time.now + Self.lifetime)
    state.withLock { state in
      if state.entries.count >= Self.room { state.entries = [:] }
      state.entries[lane] = entry
    }
  }

  func keep(hidden id: String, of lane: LaneKey) {
    state.withLock { _ = $0.entries[lane]?.hidden.insert(id) }
  }

  func isHidden(_ id: String, of lane: LaneKey) -> Bool {
    state.withLock { $0.entries[lane]?.hidden.contains(id) ?? false }
  }
}

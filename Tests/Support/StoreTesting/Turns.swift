/// Lets so many tests have a database at a time. All tests of a run start at once, each store has its own
/// connections, and PostgreSQL has 400 of them.
actor Turns {
  static let databases = Turns(width: 16)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(width: Int) {
    free = width
  }

  func take() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func giveBack() {
    guard !waiting.isEmpty else {
      free += 1
      return
    }
    waiting.removeFirst().resume()
  }
}

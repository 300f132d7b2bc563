import Core

// What programs change by `/sandbox/…` and people on the control page. Reset is `SandboxState.reset`, and settings
// change themselves.
extension SandboxState {
  /// `advanceSeconds` moves the clock from where it is, `offsetSeconds` sets it to that far from the machine's.
  func moveClock(_ body: ControlBody) throws {
    var body = body
    // A century: longer jumps have no use, and instants have a range.
    let century = -3.2e9...3.2e9
    let advance = try body.number("advanceSeconds", in: century)
    let offset = try body.number("offsetSeconds", in: century)
    try body.finish(known: ["advanceSeconds", "offsetSeconds"])
    func duration(_ seconds: Double) -> Duration { .microseconds(Int64(seconds * 1_000_000)) }
    switch (advance, offset) {
    case (let seconds?, nil): clock.advance(by: duration(seconds))
    case (nil, let seconds?): clock.set(offset: duration(seconds))
    case (nil, nil): throw ControlRefusal("'advanceSeconds' is missing.", field: "advanceSeconds")
    case (.some, .some): throw ControlRefusal("The clock takes either 'advanceSeconds' or 'offsetSeconds'.")
    }
  }

  func addFault(_ body: ControlBody) throws -> Fault {
    var body = body
    let fault = Fault(
      method: try body.choice("method"), path: try body.string("path"), user: try body.string("user"),
      skip: try body.integer("skip", in: 0...1_000_000) ?? 0,
      status: try body.integer("status", in: 302...599), then: try body.integer("then", in: 400...599),
      code: try body.string("code"),
      retryAfter: try body.integer("retryAfter", in: 0...86_400),
      delayMs: try body.integer("delayMs", in: 0...600_000),
      // Ten years.
      advanceSeconds: try body.integer("advanceSeconds", in: -315_360_000...315_360_000),
      close: try body.choice("close"), on: try body.choice("on") ?? .request,
      drop: try body.bool("drop") ?? false, double: try body.bool("double") ?? false,
      reorder: try body.bool("reorder") ?? false, count: try body.integer("count", in: -1...1_000_000) ?? 1)
    try body.finish(known: [
      "method", "path", "user", "skip", "status", "then", "code", "retryAfter", "delayMs", "advanceSeconds",
      "close", "count", "on", "drop", "double", "reorder",
    ])
    if let status = fault.status, status != 302, status < 400 {
      throw ControlRefusal("'status' must be 302 or a whole number from 400 to 599.", field: "status")
    }
    if let contradiction = fault.contradiction { throw ControlRefusal(contradiction) }
    if let user = fault.user, directory.user(user) == nil {
      throw ControlRefusal("There is no user '\(user)'.", field: "user")
    }
    return faults.add(fault)
  }
}

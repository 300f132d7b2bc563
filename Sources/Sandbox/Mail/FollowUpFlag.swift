import Core
import Foundation

/// Microsoft Learn, `followupFlag` resource type.
struct FollowUpFlag: Hashable, Sendable {
  enum Status: String, Sendable { case notFlagged, complete, flagged }

  /// A `dateTimeTimeZone`: a local time and the zone's name, as the client spelled it.
  struct Moment: Hashable, Sendable {
    var dateTime: String
    var timeZone: String
  }

  var status = Status.notFlagged
  var start: Moment?
  var due: Moment?
  var completed: Moment?

  /// What a client sets; dates that it does not name stay.
  struct Change: Hashable, Sendable {
    var status: Status
    var start: Moment?
    var due: Moment?
    var completed: Moment?
  }

  /// A message without a flag has no dates; one that is complete has the date of that.
  mutating func apply(_ change: Change, at now: Instant) {
    guard change.status != .notFlagged else { self = FollowUpFlag(); return }
    status = change.status
    start = change.start ?? start
    due = change.due ?? due
    completed = status == .complete ? change.completed ?? completed ?? Moment(now) : nil
  }
}

extension FollowUpFlag.Moment {
  /// In UTC, as Graph writes it.
  init(_ instant: Instant) {
    self.init(dateTime: instant.description.prefix(19) + ".0000000", timeZone: "UTC")
  }

  /// `nil` unless it is a date and a time without an offset, in a zone that exists.
  init?(_ dateTime: String, zone: String) {
    let local = dateTime.count == 10 ? dateTime + "T00:00:00" : dateTime
    guard local.utf8.dropFirst(10).allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      !local.uppercased().hasSuffix("Z"), Instant(dateTimeOffset: local + "Z") != nil,
      TimeZone(identifier: zone) != nil || zone.hasSuffix(" Standard Time")
    else { return nil }
    let parts = local.split(separator: ".", maxSplits: 1)
    let fraction = (parts.count == 2 ? String(parts[1]) : "").padding(
      toLength: 7, withPad: "0", startingAt: 0)
    self.init(dateTime: "\(parts[0]).\(fraction)", timeZone: zone)
  }
}

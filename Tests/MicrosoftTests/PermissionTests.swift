import Testing

@testable import Microsoft

@Suite struct PermissionTests {
  @Test func `each permission has a name and an id of its own`() {
    let ids = Permission.all.flatMap { [$0.delegatedID, $0.applicationID].compactMap(\.self) }
    #expect(Set(ids).count == ids.count)
    #expect(Set(Permission.all.map(\.name)).count == Permission.all.count)
    for id in ids {
      #expect(id.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil, "\(id)")
    }
    for permission in Permission.all where permission.resource == .exchange {
      #expect(permission.delegatedID == nil && permission.consent == .administrator)
    }
  }

  @Test(arguments: [
    ("Mail.Send", "Mail.Send"), ("https://graph.microsoft.com/mail.readwrite", "Mail.ReadWrite"),
    ("https://outlook.office.com/SMTP.Send", "SMTP.Send"), ("offline_access", "offline_access"),
    ("https://graph.microsoft.com/.default", nil), ("Files.Read", nil), ("", nil), ("/", nil),
  ])
  func `a permission is found by its scope`(scope: String, name: String?) {
    #expect(Permission(scope: scope)?.name == name)
  }

  @Test func `what only sends is a person's own to allow, what reads may need an administrator`() {
    for (scope, consent) in [("Mail.Send", Permission.Consent.user), ("Mail.ReadWrite", .policy)] {
      #expect(Permission(scope: scope)?.consent == consent)
    }
  }
}

package import Core

package struct AppCreated: Contract {
  package var id = AppID("")
  package var created = true
  package var warnings: [WarningReply] = []

  package init() {}

  package init(_ id: AppID, warnings: [WarningReply]) {
    self.id = id
    self.warnings = warnings
  }

  package static let fields = Fields<Self>("AppCreated", "An app that was added.") {
    Required("id", \.id, .id(), "The app's id.")
    Required("created", \.created, .flag, "Always `true`.")
    Field("warnings", \.warnings, WarningReply.list, WarningReply.listSummary)
  }
}

package struct AppUpdated: Contract {
  package var id = AppID("")
  package var updated = true
  package var warnings: [WarningReply] = []

  package init() {}

  package init(_ id: AppID, warnings: [WarningReply]) {
    self.id = id
    self.warnings = warnings
  }

  package static let fields = Fields<Self>("AppUpdated", "An app that was changed.") {
    Required("id", \.id, .id(), "The app's id.")
    Required("updated", \.updated, .flag, "Always `true`.")
    Field("warnings", \.warnings, WarningReply.list, WarningReply.listSummary)
  }
}

package struct AppDeleted: Contract {
  package var id = AppID("")
  package var deleted = true

  package init() {}

  package init(_ id: AppID) {
    self.id = id
  }

  package static let fields = Fields<Self>("AppDeleted", "An app that was deleted.") {
    Required("id", \.id, .id(), "The app's id.")
    Required("deleted", \.deleted, .flag, "Always `true`.")
  }
}

extension Operations {
  package static let apps = Operation<Nothing, PageQuery, Nothing, AppPage>(
    .get, "/v1/oauth2", id: "getOAuth2Apps", .apps, .workspace, "List the OAuth2 apps.")

  package static let addApp = Operation<Nothing, Nothing, AppRequest, AppCreated>(
    .post, "/v1/oauth2", id: "postOAuth2App", .apps, .workspace, "Add an OAuth2 app.",
    problems: [.appInvalid, .appCertificateInvalid])

  package static let app = Operation<AppID, Nothing, Nothing, AppReply>(
    .get, "/v1/oauth2/{app}", id: "getOAuth2App", .apps, .workspace, "Show one app; its secret is masked.",
    problems: [.appNotFound])

  package static let updateApp = Operation<AppID, Nothing, AppUpdateRequest, AppUpdated>(
    .put, "/v1/oauth2/{app}", id: "putOAuth2App", .apps, .workspace,
    "Change an app, for instance its secret.",
    "Its accounts stay connected.", problems: [.appNotFound, .appInvalid, .appCertificateInvalid])

  package static let deleteApp = Operation<AppID, Nothing, Nothing, AppDeleted>(
    .delete, "/v1/oauth2/{app}", id: "deleteOAuth2App", .apps, .workspace,
    "Delete an app that no account uses.",
    problems: [.appNotFound, .appInvalid])
}

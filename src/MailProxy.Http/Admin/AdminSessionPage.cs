namespace MailProxy.Http.Admin;

/// <summary><c>GET /v1/sessions</c>.</summary>
/// <param name="Node">Who answers.</param>
/// <param name="Sessions">This page.</param>
/// <param name="Total">On all pages.</param>
/// <param name="Next">For <c>after</c> of the next page; null: this was the last.</param>
public sealed record AdminSessionPage(string Node, IReadOnlyList<AdminSession> Sessions, int Total, string? Next);

namespace MailProxy.Http.Admin;

/// <summary><c>POST /v1/sessions/kick</c>.</summary>
/// <param name="Node">Who answers.</param>
/// <param name="Sessions">So many were asked to end.</param>
public sealed record AdminKicked(string Node, int Sessions);

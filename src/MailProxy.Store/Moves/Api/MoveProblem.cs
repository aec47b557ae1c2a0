namespace MailProxy.Store.Moves.Api;

/// <summary>A refusal as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">Short.</param>
/// <param name="Detail">A sentence that says what to do.</param>
public sealed record MoveProblem(int Status, string Title, string Detail);

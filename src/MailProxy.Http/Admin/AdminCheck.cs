namespace MailProxy.Http.Admin;

/// <summary>A check of readiness.</summary>
/// <param name="Name">As in <c>/readyz?verbose</c>.</param>
/// <param name="Problem">Null: it is well.</param>
/// <param name="Detail">What is worth knowing though it is well; or null.</param>
public sealed record AdminCheck(string Name, string? Problem, string? Detail);

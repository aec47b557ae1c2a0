namespace MailProxy.Http.Admin;

/// <summary>What a node said, or why it said nothing.</summary>
/// <param name="Value">Its answer; null: there is none.</param>
/// <param name="Problem">One phrase for the operator; null: there is an answer.</param>
public sealed record AdminAnswer<T>(T? Value, string? Problem)
    where T : class;

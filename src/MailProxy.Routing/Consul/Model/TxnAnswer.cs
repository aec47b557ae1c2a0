namespace MailProxy.Routing.Consul.Model;

/// <summary>What a transaction answered: either results or errors.</summary>
public sealed record TxnAnswer
{
    /// <summary>One per operation that yields an entry; null when it was rolled back.</summary>
    public IReadOnlyList<TxnResult>? Results { get; init; }

    /// <summary>Why it was rolled back; null when it was applied.</summary>
    public IReadOnlyList<TxnError>? Errors { get; init; }
}

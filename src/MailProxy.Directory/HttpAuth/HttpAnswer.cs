namespace MailProxy.Directory.HttpAuth;

/// <summary>What the service's answer says.</summary>
internal abstract record HttpAnswer
{
    /// <summary>Let in.</summary>
    /// <param name="User"><c>Auth-User</c>, exactly; null: not rewritten.</param>
    /// <param name="Password"><c>Auth-Pass</c>, whoever takes it clears it; null: not rewritten.</param>
    /// <param name="Home">The store by its id alone.</param>
    /// <param name="Address">The store by its address.</param>
    internal sealed record Accepted(string? User, Secret? Password, string? Home, StoreAddress? Address) : HttpAnswer;

    /// <summary>Refused.</summary>
    /// <param name="Words">How to tell it.</param>
    /// <param name="IsTemporary"><c>Auth-Error-Code</c> is a 4xx: the service cannot say, and the credentials may be right.</param>
    internal sealed record Refused(RefusalWords Words, bool IsTemporary) : HttpAnswer;

    /// <summary><c>Auth-Status: WAIT</c>: ask again.</summary>
    internal sealed record Later(TimeSpan Wait) : HttpAnswer;

    /// <summary>Nothing that can be understood.</summary>
    /// <param name="Problem">For the log. No secret.</param>
    /// <param name="IsOfServer">The service itself is at fault, whoever the user is: another URL may know.</param>
    internal sealed record Unusable(string Problem, bool IsOfServer) : HttpAnswer;
}

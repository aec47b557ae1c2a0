namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A connection that ended within a line or a literal.</summary>
/// <param name="User">Whose.</param>
/// <param name="What">By which proxy, and how.</param>
/// <param name="Proxy">Name.</param>
/// <param name="Began">When it was connected.</param>
/// <param name="Ended">When the client saw the end.</param>
internal sealed record TornResponse(string User, string What, string Proxy, double Began, double Ended);

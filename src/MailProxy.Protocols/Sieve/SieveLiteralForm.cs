namespace MailProxy.Protocols.Sieve;

/// <summary>Which literals a peer may send (RFC 5804 4).</summary>
public enum SieveLiteralForm
{
    /// <summary>A client's: <c>{n+}</c> only; nobody asks it to go on, so <c>{n}</c> would wait for ever.</summary>
    FromClient,

    /// <summary>A server's: <c>{n}</c>; <c>{n+}</c> of old servers is the same.</summary>
    FromServer,
}

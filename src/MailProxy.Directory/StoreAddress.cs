namespace MailProxy.Directory;

/// <summary>A store as a directory names it that knows addresses and not ids.</summary>
/// <param name="Host">An IP address without brackets, a host name, or a store's id.</param>
/// <param name="Port">1 to 65535, of the protocol that was asked about.</param>
public sealed record StoreAddress(string Host, int Port)
{
    /// <summary><c>host:port</c>, IPv6 in brackets. Never a store id: those have no colon.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

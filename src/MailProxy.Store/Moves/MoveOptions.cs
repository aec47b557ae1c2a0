using MailProxy.Transport.Tls;

namespace MailProxy.Store.Moves;

/// <summary>How this store pulls users from other stores.</summary>
public sealed class MoveOptions
{
    /// <summary>PEM file with the CAs that sign the stores' certificates; empty: the CAs of <c>Tls:ClientAuthorities</c>.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>PEM file of the certificate by which this store shows itself to others; empty: the one of its listeners.</summary>
    public string ClientCertificate { get; set; } = "";

    /// <summary>PEM file with its key.</summary>
    public string ClientKey { get; set; } = "";

    /// <summary>Messages of one user that are fetched at a time. Enough to fill a link of 1 ms; each costs a file and 64 KB.</summary>
    public int PullConnections { get; set; } = 8;

    /// <summary>Users that are pulled at a time.</summary>
    public int MaxPulls { get; set; } = 4;

    /// <summary>
    /// How long a staged copy is let alone whose move nobody goes on with. Then, if the source does not hold the user for that move any more, it is dropped. A day: whoever
    /// comes back to a move that was interrupted in the evening finds what was copied.
    /// </summary>
    public TimeSpan StagedKeep { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Authorities.Length > 0 && Problem(() => PemFiles.LoadCertificates(Authorities).ToList().ForEach(one => one.Dispose())) is { } authorities)
        {
            yield return $"{path}:Authorities: {authorities}";
        }

        if (ClientCertificate.Length > 0 && ClientKey.Length > 0 && Problem(() => PemFiles.LoadWithKey(ClientCertificate, ClientKey).Dispose()) is { } certificate)
        {
            yield return $"{path}:ClientCertificate: {certificate}";
        }

        if (ClientCertificate.Length > 0 != ClientKey.Length > 0)
        {
            yield return $"{path}:ClientKey: a certificate needs both ClientCertificate and ClientKey.";
        }

        if (PullConnections is < 1 or > 64)
        {
            yield return $"{path}:PullConnections is {PullConnections}; it must be between 1 and 64.";
        }

        if (StagedKeep < TimeSpan.FromMinutes(10) || StagedKeep > TimeSpan.FromDays(365))
        {
            yield return $"{path}:StagedKeep: give a time from 10 minutes to 365 days, like \"1.00:00:00\".";
        }

        if (MaxPulls is < 1 or > 64)
        {
            yield return $"{path}:MaxPulls is {MaxPulls}; it must be between 1 and 64.";
        }
    }

    private static string? Problem(Action load)
    {
        try
        {
            load();
            return null;
        }
        catch (CertificateFileException exception)
        {
            return exception.Message;
        }
    }
}

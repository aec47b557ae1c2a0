namespace MailProxy.Configuration;

/// <summary>The TLS side of the store leg.</summary>
public sealed class StoreTlsOptions
{
    /// <summary>PEM file with the CAs that sign store certificates; empty: the system's.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>PEM file with our client certificate, for SASL EXTERNAL; empty: none.</summary>
    public string ClientCertificate { get; set; } = "";

    /// <summary>PEM file with its key.</summary>
    public string ClientKey { get; set; } = "";

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        foreach (var (name, file) in new[] { (nameof(Authorities), Authorities), (nameof(ClientCertificate), ClientCertificate), (nameof(ClientKey), ClientKey) })
        {
            if (file.Length > 0 && !File.Exists(file))
            {
                yield return $"{path}:{name}: there is no file '{file}'.";
            }
        }

        if (ClientCertificate.Length > 0 != ClientKey.Length > 0)
        {
            yield return $"{path}:ClientKey: a client certificate needs both ClientCertificate and ClientKey.";
        }
    }
}

using MailProxy.Proxy.Connect;

namespace MailProxy.Configuration;

/// <summary>How this proxy reaches its stores.</summary>
public sealed class StoresOptions : StoreLegOptions
{
    /// <summary>TLS on that leg.</summary>
    public StoreTlsOptions Tls { get; set; } = new();
}

using System.Security.Cryptography;

namespace MailProxy.Directory;

/// <summary>A password or token. It prints <c>***</c>, and its octets are cleared on dispose.</summary>
public sealed class Secret(byte[] octets) : IDisposable
{
    /// <summary>UTF-8 octets. Empty after dispose.</summary>
    public ReadOnlyMemory<byte> Octets { get; private set; } = octets;

    /// <inheritdoc/>
    public override string ToString() => "***";

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(octets);
        Octets = default;
    }
}

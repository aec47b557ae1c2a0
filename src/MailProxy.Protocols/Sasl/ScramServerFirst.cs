using System.Globalization;

namespace MailProxy.Protocols.Sasl;

/// <summary>What a SCRAM server answers first: <c>r=nonce,s=salt,i=rounds</c> (RFC 5802 7).</summary>
/// <param name="Nonce">The client's with the server's behind it.</param>
/// <param name="Salt">Of the user's keys.</param>
/// <param name="Rounds">Of the user's keys.</param>
public sealed record ScramServerFirst(string Nonce, ReadOnlyMemory<byte> Salt, int Rounds)
{
    /// <summary>The message; it is signed as it is.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"r={Nonce},s={Convert.ToBase64String(Salt.Span)},i={Rounds}");
}

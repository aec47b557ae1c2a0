using System.Buffers;
using System.Text;

namespace MailProxy.Protocols.Sasl;

/// <summary>
/// An OAuth access token as it travels (RFC 6750 2.1): <c>b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="</c>.
/// Nothing in it can end a line, a key of SASL or a header of HTTP.
/// </summary>
public static class BearerToken
{
    /// <summary>Most octets of a token. Providers' tokens reach four kilobytes; this is the bound of passwords too, and in base64 it fits a line of 12,288 octets.</summary>
    public const int Limit = 8_192;

    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"u8);

    // RFC 7235 2.1: the scheme's name does not know case.
    private static ReadOnlySpan<byte> Scheme => "Bearer "u8;

    /// <summary>True when the octets are a token within the limit.</summary>
    public static bool IsValid(ReadOnlySpan<byte> token) =>
        token.Length <= Limit && token.TrimEnd((byte)'=') is { IsEmpty: false } text && text.IndexOfAnyExcept(Alphabet) < 0;

    /// <summary>Takes the token out of <c>Bearer TOKEN</c>, the credentials of an Authorization header and of both SASL messages. False: they are none.</summary>
    /// <param name="credentials">All octets.</param>
    /// <param name="token">The token's part of them; nothing is copied.</param>
    public static bool TryRead(ReadOnlySpan<byte> credentials, out ReadOnlySpan<byte> token)
    {
        token = default;
        if (credentials.Length <= Scheme.Length || !Ascii.EqualsIgnoreCase(credentials[..Scheme.Length], Scheme))
        {
            return false;
        }

        // RFC 7235 2.1 has 1*SP between the two.
        var rest = credentials[Scheme.Length..].TrimStart((byte)' ');
        if (!IsValid(rest))
        {
            return false;
        }

        token = rest;
        return true;
    }
}

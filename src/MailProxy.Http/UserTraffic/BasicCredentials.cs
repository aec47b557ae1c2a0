using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory;

namespace MailProxy.Http.UserTraffic;

/// <summary>
/// RFC 7617 2: <c>"Basic" 1*SP token68</c>, whose octets are <c>user-id ":" password</c>; UTF-8, because the challenge says so.
/// Neither part may hold control characters.
/// </summary>
/// <param name="User">As the client wrote it; never empty.</param>
/// <param name="Password">Owned by whoever parsed.</param>
internal sealed record BasicCredentials(string User, Secret Password)
{
    // A user name and a password as long as a SASL line may carry (wire.md), in base64.
    private const int MaxTokenLength = 12_288;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null when the header is not well-formed Basic credentials.</summary>
    public static BasicCredentials? TryParse(string? header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value)
            || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
            || value.Parameter is not { Length: > 0 and <= MaxTokenLength } token)
        {
            return null;
        }

        var octets = new byte[Base64.GetMaxDecodedFromUtf8Length(token.Length)];
        try
        {
            return Convert.TryFromBase64String(token, octets, out var length) ? Split(octets.AsSpan(0, length)) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static BasicCredentials? Split(ReadOnlySpan<byte> octets)
    {
        var colon = octets.IndexOf((byte)':');
        if (colon <= 0 || octets.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || octets.Contains((byte)0x7F))
        {
            return null;
        }

        try
        {
            _ = Strict.GetCharCount(octets[(colon + 1)..]);
            return new BasicCredentials(Strict.GetString(octets[..colon]), new Secret(octets[(colon + 1)..].ToArray()));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

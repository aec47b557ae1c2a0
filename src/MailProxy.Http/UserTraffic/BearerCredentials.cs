using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using MailProxy.Directory;

namespace MailProxy.Http.UserTraffic;

/// <summary>RFC 6750 2.1: <c>"Bearer" 1*SP b64token</c>.</summary>
internal static class BearerCredentials
{
    // As in mail protocols.
    private const int MaxTokenLength = 8_192;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");

    /// <summary>The token, owned by whoever parsed; null when the header holds none.</summary>
    public static Secret? TryParse(string? header) =>
        AuthenticationHeaderValue.TryParse(header, out var value)
            && value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            && value.Parameter is { Length: <= MaxTokenLength } token
            && token.TrimEnd('=') is { Length: > 0 } text
            && !text.AsSpan().ContainsAnyExcept(Alphabet)
                ? new Secret(Encoding.ASCII.GetBytes(token))
                : null;
}

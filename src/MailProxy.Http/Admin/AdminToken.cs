using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Http.Admin;

/// <summary>The token of the admin API. It prints <c>***</c>; what a server keeps to compare with is its digest.</summary>
public sealed class AdminToken
{
    /// <summary>Characters: 16 of 64 kinds are 96 random bits, which nobody guesses over a network.</summary>
    public const int LeastLength = 16;

    /// <summary>Characters; longer ones are no tokens but wrong files.</summary>
    public const int MostLength = 512;

    private readonly string _text;
    private readonly byte[] _digest;

    private AdminToken(string text) => (_text, _digest) = (text, SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    /// <summary>What keeps a text from being a token, as a phrase that does not quote it; null: nothing.</summary>
    public static string? Problem(string text) => text switch
    {
        { Length: < LeastLength } => $"the token is shorter than {LeastLength} characters; make one: openssl rand -base64 24",
        { Length: > MostLength } => $"the token is longer than {MostLength} characters",
        _ when text.Any(character => character is < '!' or > '~') => "the token holds characters that cannot stand in an HTTP header (a space or a line end, perhaps)",
        _ => null,
    };

    /// <summary>A token. Errors: ArgumentException with <see cref="Problem"/>.</summary>
    public static AdminToken Of(string text) => Problem(text) is { } problem ? throw new ArgumentException(problem, nameof(text)) : new AdminToken(text);

    /// <summary>A new one, of 192 random bits.</summary>
    public static string Generate() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');

    /// <summary>Whether this is the token; takes the same time wherever they differ.</summary>
    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), _digest);

    /// <summary>For the header that sends it.</summary>
    internal string Reveal() => _text;

    /// <inheritdoc/>
    public override string ToString() => "***";
}

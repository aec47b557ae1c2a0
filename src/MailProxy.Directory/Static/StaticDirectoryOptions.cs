using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Static;

/// <summary>A directory in which everybody exists and has the same password: for laboratories and benchmarks, never for people.</summary>
public sealed class StaticDirectoryOptions
{
    /// <summary>Everybody's password, with its scheme: <c>{PLAIN}secret</c>.</summary>
    public string Password { get; set; } = "";

    /// <summary>Domains that are ours: an address in any other is not. Empty: all are.</summary>
    public List<string> Domains { get; set; } = [];

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path) =>
        PasswordParser.TryParse(Password, out _, out var error) ? [] : [$"{path}:Password: {error}."];
}

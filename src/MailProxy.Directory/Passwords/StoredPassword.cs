namespace MailProxy.Directory.Passwords;

/// <summary>One of a user's passwords: the user's own, or one that the user gave to a program.</summary>
/// <param name="Hash">What is stored.</param>
/// <param name="Label">What the user calls an application password; empty: the user's own.</param>
/// <param name="Protocols">What it is good for, lower case; null: everything.</param>
/// <param name="IsExpired">Right, but to be changed.</param>
internal sealed record StoredPassword(PasswordHash Hash, string Label = "", IReadOnlyList<string>? Protocols = null, bool IsExpired = false)
{
    /// <summary>Longest label, characters: it goes into log lines.</summary>
    public const int LabelLength = 64;

    /// <summary>What a password can be limited to.</summary>
    public static readonly string[] KnownProtocols = ["imap", "pop3", "submission", "sieve", "http"];

    /// <summary>May it be used by this protocol?</summary>
    public bool IsFor(string protocol) => Protocols is null || Protocols.Contains(protocol, StringComparer.OrdinalIgnoreCase);

    /// <summary>1 to <see cref="LabelLength"/> characters without controls.</summary>
    public static bool IsLabel(string text) => text.Length is > 0 and <= LabelLength && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl);

    /// <summary>Which password it is, for traces and log lines; nothing of the password.</summary>
    public override string ToString() => Label.Length > 0 ? $"{{{Hash.Scheme}}}, application password '{Label}'" : $"{{{Hash.Scheme}}}";
}

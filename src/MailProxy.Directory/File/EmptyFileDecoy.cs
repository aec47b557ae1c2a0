using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.File;

/// <summary>What names are compared with while a file has no user at all.</summary>
internal static class EmptyFileDecoy
{
    public static PasswordHash Hash { get; } =
        PasswordParser.TryParse(Pbkdf2Writer.Write("nobody"u8), out PasswordHash? hash, out string? error)
            ? hash
            : throw new InvalidOperationException(error);
}

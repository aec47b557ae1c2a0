namespace MailProxy.Directory.Passwords;

/// <summary>What unknown names are compared with while nobody's hash is known.</summary>
internal static class NobodysHash
{
    public static PasswordHash Value { get; } =
        PasswordParser.TryParse(Pbkdf2Writer.Write("nobody"u8), out PasswordHash? hash, out string? error)
            ? hash
            : throw new InvalidOperationException(error);
}

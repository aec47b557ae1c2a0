using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Store.Access;

/// <summary>The account that may log in as any user. Only digests are kept: comparing them takes the same time whatever was sent, and no password stays in memory.</summary>
internal sealed class MasterAccount
{
    private readonly byte[] _name;
    private readonly byte[] _password;

    private MasterAccount(string name, ReadOnlySpan<byte> password)
    {
        _name = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        _password = SHA256.HashData(password);
    }

    /// <summary>Reads the password's file. Errors: those of reading a file, <see cref="InvalidDataException"/> when it holds no password.</summary>
    public static MasterAccount Load(string name, string passwordFile)
    {
        var octets = File.ReadAllBytes(passwordFile);
        var end = octets.AsSpan().IndexOfAny((byte)'\r', (byte)'\n');
        var password = end < 0 ? octets : octets.AsSpan(0, end);
        if (password.IsEmpty)
        {
            throw new InvalidDataException($"'{passwordFile}' is empty; put the master account's password on its first line.");
        }

        var account = new MasterAccount(name, password);
        CryptographicOperations.ZeroMemory(octets);
        return account;
    }

    /// <summary>Why the file cannot be used, or null.</summary>
    public static string? FindProblem(string passwordFile)
    {
        try
        {
            Load("", passwordFile);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return exception.Message;
        }
    }

    /// <summary>True when both are right. Both are always compared, so that the time does not tell which was wrong.</summary>
    public bool Matches(string name, ReadOnlySpan<byte> password)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), digest);
        var isName = CryptographicOperations.FixedTimeEquals(digest, _name);
        SHA256.HashData(password, digest);
        var isPassword = CryptographicOperations.FixedTimeEquals(digest, _password);
        return isName & isPassword;
    }
}

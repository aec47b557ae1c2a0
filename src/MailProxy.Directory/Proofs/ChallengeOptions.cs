using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Proofs;

/// <summary>What SCRAM clients are shown for users without keys of their own and for names that nobody has. Section <c>Directory:Challenge</c>.</summary>
public sealed class ChallengeOptions
{
    // Of a file of random octets; more tell nothing more.
    private const int LeastKeyOctets = 32;
    private const int MostKeyOctets = 4_096;

    /// <summary>PBKDF2 iterations: those of the stored keys, so that nothing tells who has some. 4,096 is what doveadm writes, and the least of RFC 5802 5.1.</summary>
    public int Rounds { get; set; } = 4_096;

    /// <summary>File of at least 32 random octets, the same on all nodes; null: random ones of this process, and then another node shows another salt for a name that nobody has.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Everything that is wrong, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Rounds is < 4_096 or > PasswordLimits.Pbkdf2Rounds)
        {
            yield return $"{path}:{nameof(Rounds)}: give 4096 to {PasswordLimits.Pbkdf2Rounds}, the rounds of the stored keys.";
        }

        if (KeyFile is not null && ReadKey(KeyFile).Problem is { } problem)
        {
            yield return $"{path}:{nameof(KeyFile)}: {problem}";
        }
    }

    /// <summary>The key, or why there is none.</summary>
    internal static (byte[]? Key, string? Problem) ReadKey(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length is < LeastKeyOctets or > MostKeyOctets
                ? (null, $"'{path}' has {length} octets; make it of {LeastKeyOctets} to {MostKeyOctets} random ones, e.g. 'openssl rand -out {path} 32'.")
                : (System.IO.File.ReadAllBytes(path), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"'{path}' cannot be read: {exception.Message}");
        }
    }
}

using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Proofs;

/// <summary>
/// Gives everybody SCRAM parameters, so that they tell nothing: who has keys, theirs; everybody else, known or not, a salt that is a keyed hash of the name.
/// In front of everything else.
/// </summary>
internal sealed class ChallengingDirectory : IDirectoryProvider
{
    // What doveadm writes, and slapd's pw-scram.
    private const int SaltOctets = 16;

    private readonly IDirectoryProvider _directory;
    private readonly byte[] _key;
    private readonly int _rounds;

    /// <param name="directory">Not started yet; disposed with this.</param>
    /// <param name="options">Valid.</param>
    /// <exception cref="ArgumentException">The key file went away since.</exception>
    public ChallengingDirectory(IDirectoryProvider directory, ChallengeOptions options)
    {
        (_directory, _rounds) = (directory, options.Rounds);
        var (key, problem) = options.KeyFile is null ? (RandomNumberGenerator.GetBytes(32), null) : ChallengeOptions.ReadKey(options.KeyFile);
        _key = key ?? throw new ArgumentException(problem, nameof(options));
    }

    /// <inheritdoc/>
    public string? Unreadiness => _directory.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => _directory.Notice;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => _directory.DecidesBy;

    /// <inheritdoc/>
    public long Version => _directory.Version;

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken) => _directory.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var result = await _directory.ChallengeAsync(request, cancellationToken);

        // Made for those who have keys as well: it takes the same time for all.
        var made = new ScramParameters(SaltOf(result.UserName ?? request.UserName, request.Scheme), _rounds);
        return result.Outcome == ChallengeOutcome.TemporarilyUnavailable ? result : result with { Parameters = result.Parameters ?? made };
    }

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) =>
        _directory.AuthenticateAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) => _directory.LookUpAsync(address, cancellationToken);

    /// <inheritdoc/>
    public int Forget(string user) => _directory.Forget(user);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private byte[] SaltOf(string name, string scheme) =>
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{scheme}\0{name.ToLowerInvariant()}"))[..SaltOctets];
}

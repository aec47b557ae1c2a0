using System.Net;
using System.Security.Cryptography;
using MailProxy.Directory.Cache;
using MailProxy.Directory.Guard;
using MailProxy.Directory.Proofs;
using MailProxy.Directory.Tests.Cache;
using MailProxy.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.Proofs;

public sealed class ChallengingDirectoryTests : IDisposable
{
    private static readonly ScramParameters Shown = new(new byte[16], 4096);

    private readonly TempDirectory _folder = new();
    private readonly ScriptedProvider _provider = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Who_has_no_keys_is_shown_a_salt_of_the_name_that_every_node_with_the_key_shows()
    {
        var key = _folder.File("key");
        await System.IO.File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(32));
        await using var one = new ChallengingDirectory(_provider, new ChallengeOptions { KeyFile = key, Rounds = 10_000 });
        await using var two = new ChallengingDirectory(_provider, new ChallengeOptions { KeyFile = key, Rounds = 10_000 });
        await using var stranger = new ChallengingDirectory(_provider, new ChallengeOptions());
        var salt = await SaltAsync(one, "nobody");
        Assert.Equal((16, 10_000), (salt.Length / 2, (await one.ChallengeAsync(Request("x"), CancellationToken.None)).Parameters!.Rounds));
        Assert.Equal(salt, await SaltAsync(two, "NoBody"));
        Assert.NotEqual(salt, await SaltAsync(two, "nobody2"));
        Assert.NotEqual(salt, await SaltAsync(two, "nobody", "SCRAM-SHA-1"));
        Assert.NotEqual(salt, await SaltAsync(stranger, "nobody"));
    }

    [Fact]
    public void A_key_file_that_is_short_or_missing_and_few_rounds_are_told()
    {
        var key = _folder.File("short");
        System.IO.File.WriteAllBytes(key, new byte[31]);
        Assert.Contains("has 31 octets", Assert.Single(new ChallengeOptions { KeyFile = key }.Validate("C")), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Single(new ChallengeOptions { KeyFile = key + "er" }.Validate("C")), StringComparison.Ordinal);
        Assert.Contains("give 4096", Assert.Single(new ChallengeOptions { Rounds = 4_095 }.Validate("C")), StringComparison.Ordinal);
        Assert.Empty(new ChallengeOptions().Validate("C"));
    }

    [Fact]
    public async Task Proofs_pass_the_cache_and_nothing_of_them_is_kept()
    {
        await using var cache = new CachingDirectory("scripted", _provider, new DirectoryCacheOptions(), new FakeTimeProvider());
        var request = Login("alice", "192.0.2.1", "same");
        await cache.AuthenticateAsync(request, CancellationToken.None);
        await cache.AuthenticateAsync(request, CancellationToken.None);
        Assert.Equal(2, _provider.Asked);
        _provider.Answer = AuthenticationOutcome.TemporarilyUnavailable;
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await cache.AuthenticateAsync(request, CancellationToken.None)).Outcome);
        using var empty = new Secret([]);
        Assert.Equal(
            AuthenticationOutcome.TemporarilyUnavailable,
            (await cache.AuthenticateAsync(request with { Proof = null, Secret = empty }, CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task Failed_proofs_of_one_address_slow_that_address_and_not_the_owner_elsewhere()
    {
        _provider.Answer = AuthenticationOutcome.WrongPassword;
        await using var guard = Guarded();
        await FailAsync(guard, 4, "192.0.2.1");
        Assert.False(guard.AuthenticateAsync(Login("alice", "192.0.2.1", "again"), CancellationToken.None).AsTask().IsCompleted);
        Assert.True(guard.AuthenticateAsync(Login("alice", "198.51.100.1", "owner"), CancellationToken.None).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Failed_proofs_from_many_addresses_slow_the_guessing_of_one_user_and_no_certificate()
    {
        _provider.Answer = AuthenticationOutcome.WrongPassword;
        await using var guard = Guarded();
        for (var number = 1; number <= 4; number++)
        {
            await guard.AuthenticateAsync(Login("alice", $"192.0.2.{number}", $"guess {number}"), CancellationToken.None);
        }

        Assert.False(guard.AuthenticateAsync(Login("alice", "192.0.2.9", "next"), CancellationToken.None).AsTask().IsCompleted);
        Assert.True(guard.AuthenticateAsync(Login("alice", "192.0.2.9", "") with { Proof = new CertificateProof() }, CancellationToken.None).AsTask().IsCompleted);
    }

    private static async Task FailAsync(GuardedDirectory guard, int times, string from)
    {
        for (var time = 0; time < times; time++)
        {
            await guard.AuthenticateAsync(Login("alice", from, $"proof {time}"), CancellationToken.None);
        }
    }

    private static AuthenticationRequest Login(string user, string from, string message) =>
        new(user, "", new Secret([]), "SCRAM-SHA-256", "imap", new IPEndPoint(IPAddress.Parse(from), 1), true) { Proof = new ScramProof("SCRAM-SHA-256", Shown, message, new byte[32]) };

    private static ChallengeRequest Request(string user, string scheme = "SCRAM-SHA-256") => new(user, scheme, "imap", null);

    private static async Task<string> SaltAsync(ChallengingDirectory directory, string user, string scheme = "SCRAM-SHA-256") =>
        Convert.ToHexString((await directory.ChallengeAsync(Request(user, scheme), CancellationToken.None)).Parameters!.Salt.Span);

    private GuardedDirectory Guarded() => new(_provider, new GuardOptions { Free = 3, FreeWhereKnown = 6 }, new FakeTimeProvider(), new Random(1));
}

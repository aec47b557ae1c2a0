using System.Net;
using System.Text;
using CsCheck;
using MailProxy.Directory.Cache;
using Xunit;

namespace MailProxy.Directory.Tests.Cache;

/// <summary>No two requests that could have different answers share a key (CVE-2025-30189).</summary>
public sealed class VerdictKeyTests
{
    private static readonly byte[] HashKey = new byte[32];

    // Short words of few letters: so that neighbours could run together, and equal inputs come up as well.
    private static readonly Gen<string> Word = Gen.Char["ab\0"].Array[0, 3].Select(characters => new string(characters));

    private static readonly Gen<Inputs> Requests = Gen.Select(
        Gen.Select(Word, Word, Word, Word),
        Gen.Select(Word, Gen.Bool, Gen.Int[0, 1], Gen.Int[0, 1]),
        Gen.Select(Word, Word, Gen.Int[1, 2], Gen.Int[0, 1]),
        (a, b, c) => new Inputs(a.Item1, a.Item2, a.Item3, a.Item4, b.Item1, b.Item2, b.Item3, b.Item4, c.Item1, c.Item2, c.Item3, c.Item4));

    [Fact]
    public void Keys_are_the_same_exactly_when_every_input_is() => Gen.Select(Requests, Requests).Sample(
        (one, two) => Assert.Equal(one == two, one.Key(DecidingFacts.All) == two.Key(DecidingFacts.All)), iter: 50_000);

    [Fact]
    public void Each_input_counts_by_itself()
    {
        var plain = new Inputs("a", "b", "c", "d", "e", false, 0, 0, "f", "g", 1, 0);
        Inputs[] others =
        [
            plain with { User = "x" }, plain with { Authorize = "x" }, plain with { Password = "x" }, plain with { Mechanism = "x" }, plain with { Protocol = "x" },
            plain with { IsEncrypted = true }, plain with { Client = 1 }, plain with { Version = 1 }, plain with { Listener = "x" }, plain with { ServerName = "x" },
            plain with { Attempt = 2 }, plain with { Local = 1 }, plain with { CipherSuite = "x" },
        ];
        Assert.Equal(others.Length + 1, others.Append(plain).Select(one => one.Key(DecidingFacts.All)).Distinct().Count());
        Assert.Equal(plain.Key(DecidingFacts.All), (plain with { }).Key(DecidingFacts.All));
    }

    [Fact]
    public void What_the_provider_does_not_read_does_not_count()
    {
        var plain = new Inputs("a", "b", "c", "d", "e", false, 0, 0, "f", "g", 1, 0);
        var elsewhere = plain with { Client = 1, Listener = "x", ServerName = "x", Attempt = 2, Local = 1, CipherSuite = "x" };
        Assert.Equal(plain.Key(DecidingFacts.None), elsewhere.Key(DecidingFacts.None));
        Assert.NotEqual(plain.Key(DecidingFacts.Listener), elsewhere.Key(DecidingFacts.Listener));
    }

    [Fact]
    public void Another_process_has_other_keys_and_long_secrets_fit()
    {
        var plain = new Inputs("a", "b", new string('p', 9_000), "d", "e", false, 0, 0, "f", "g", 1, 0);
        Assert.NotEqual(plain.Key(DecidingFacts.All), plain.Key(DecidingFacts.All, [.. Enumerable.Repeat((byte)1, 32)]));
        Assert.NotEqual(plain.Key(DecidingFacts.All), (plain with { Password = plain.Password[1..] + "q" }).Key(DecidingFacts.All));
    }

    private sealed record Inputs(
        string User, string Authorize, string Password, string Mechanism, string Protocol, bool IsEncrypted, int Client, long Version, string Listener,
        string ServerName, int Attempt, int Local) : IClientFacts
    {
        public string CipherSuite { get; init; } = "";

        string IClientFacts.SessionId => "s";

        IPEndPoint? IClientFacts.Local => new(IPAddress.Loopback, 143 + Local);

        string? IClientFacts.ServerName => ServerName;

        public VerdictKey Key(DecidingFacts facts, byte[]? hashKey = null)
        {
            using var secret = new Secret(Encoding.UTF8.GetBytes(Password));
            var client = new IPEndPoint(new IPAddress([192, 0, 2, (byte)Client]), 5000);
            return VerdictKey.Of(hashKey ?? HashKey, new AuthenticationRequest(User, Authorize, secret, Mechanism, Protocol, client, IsEncrypted, this), facts, Version);
        }
    }
}

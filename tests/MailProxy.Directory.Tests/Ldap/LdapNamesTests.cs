using CsCheck;
using MailProxy.Directory.Ldap;
using Xunit;

namespace MailProxy.Directory.Tests.Ldap;

/// <summary>No name, whatever it holds, is anything but a name.</summary>
public sealed class LdapNamesTests
{
    // Everything printable but "@", which divides a name, and capitals, which are the same name.
    private static readonly char[] Printable = [.. Enumerable.Range(0x21, 0x7f - 0x21).Select(code => (char)code).Where(c => c != '@' && !char.IsAsciiLetterUpper(c))];

    [Fact]
    public async Task Every_printable_character_is_a_name_and_finds_its_own_entry_only()
    {
        var names = Printable.Select(character => $"a{character}b").Append("päul").Append("*)(uid=*").Append("a)(|(mail=*").Append("\\2a").Append("{domain}").Append("%s%n").ToList();
        var users = names.Select((name, index) => Ldif.UserOf($"uid={Dn(name)},{Ldif.People}", $"n{index}", $"n{index}@example.net", ("userPassword", $"secret {index}"), ("mailProxyAlias", $"{name}@example.org"), ("uid", name)));
        await using var server = SlapdServer.Create(Ldif.With(users));
        await server.StartAsync();
        var options = Directories.Options(server);
        options.UserFilter = "(mailProxyAlias={user})";
        await using var directory = await Directories.StartAsync(options);

        for (var index = 0; index < names.Count; index++)
        {
            var result = await directory.LoginAsync($"{names[index]}@example.org", $"secret {index}");
            Assert.True(result.User?.Name == $"n{index}@example.net", $"{names[index]}: {result}");
            Assert.Equal(AuthenticationOutcome.WrongPassword, (await directory.LoginAsync($"{names[index]}@example.org", $"secret {index + 1}")).Outcome);
        }
    }

    [Fact]
    public async Task No_name_that_nobody_has_matches_anybody()
    {
        await using var server = SlapdServer.Create(Ldif.Example);
        await server.StartAsync();
        await using var directory = await Directories.StartAsync(Directories.Options(server));
        foreach (var name in new[] { "*", "a*", "*)(uid=*", "*)(uid=*))(|(uid=*", "alice)(objectClass=*", "alice@example.org)(mail=*", "x)(|(mail=*", "\\2a", "alice\\", "(", ")", "&", "|", "{user}", "{local}", "al\u0000ice", "alice\0", "ALICE*", "ali%63e" })
        {
            Assert.Equal(AuthenticationOutcome.NoSuchUser, (await directory.LoginAsync(name, "secret")).Outcome);
            Assert.NotEqual(LookupOutcome.Found, (await directory.LookUpAsync($"{name}@example.org", CancellationToken.None)).Outcome);
        }

        // Pieces of filters and of names, in any order.
        string[] pieces = ["*", "(", ")", "\\", "&", "|", "!", "=", "uid", "mail", "alice", "a", "\\2a", "~=", ">=", ":", "\0", "@", "example.org", "{user}", "objectClass=", "ü"];
        var generated = Gen.Int[0, pieces.Length - 1].Array[1, 8].Select(chosen => string.Concat(chosen.Select(piece => pieces[piece])));
        await generated.SampleAsync(
            async name => (await directory.LoginAsync(name, "secret")).Outcome == AuthenticationOutcome.NoSuchUser
                || (name is "alice" or "alice@example.org" && (await directory.LoginAsync(name, "secret")).User?.Name == "alice@example.org"),
            iter: 500, threads: 1);
    }

    private static string Dn(string value) => string.Concat(value.Select(c => char.IsAsciiLetterOrDigit(c) || c > 127 ? c.ToString() : $"\\{(int)c:x2}"));
}

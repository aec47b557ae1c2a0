using CsCheck;
using MailProxy.Directory.Sql;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>Names and passwords that mean something to SQL, and any others: nobody gets in, and nothing breaks.</summary>
internal static class SqlInjection
{
    private static readonly string[] Pieces =
        ["'", "''", "\"", "\\", "\\'", "'; DROP TABLE mailproxy.users; --", "' OR '1'='1", "%", "_", "--", "/*", "*/", "$1", "@user", ":user", "$$", "{0}", "\0", "\n", ";", " ", "alice", "ä", "\U0001F600", "@"];

    private static readonly Gen<string> Text = Gen.OneOf(Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]), Gen.String[Gen.Char['\0', '\ud7ff'], 0, 8]).Array[0, 4].Select(string.Concat);

    public static async Task MeansNothingAsync(SqlUserDirectory directory)
    {
        // "alice@example.org" with her password cannot come out of these pieces.
        await Gen.Select(Text, Text).SampleAsync(
            async (local, password) =>
            {
                string name = $"{local}@example.org";
                AuthenticationResult result = await directory.LogInAsync(name, password);
                bool isHers = name.Equals("alice@example.org", StringComparison.OrdinalIgnoreCase);
                Assert.True(
                    result.Outcome == AuthenticationOutcome.NoSuchUser || (isHers && result.Outcome == AuthenticationOutcome.WrongPassword),
                    $"{name}: {result.Outcome} {result.Detail}");
                AuthenticationResult alice = await directory.LogInAsync("alice@example.org", password);
                Assert.True(
                    alice.Outcome == AuthenticationOutcome.WrongPassword || (alice.Outcome == AuthenticationOutcome.NoSuchUser && password.Contains('\0', StringComparison.Ordinal)),
                    $"{password}: {alice.Outcome} {alice.Detail}");
                LookupResult found = await directory.LookUpAsync(name, CancellationToken.None);
                Assert.True(found.Outcome != LookupOutcome.TemporarilyUnavailable, $"{name}: {found.Detail}");
                return true;
            },
            iter: 300);
        Assert.Null(directory.Unreadiness);
    }
}

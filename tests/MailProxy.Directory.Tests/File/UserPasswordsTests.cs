using System.Text;
using MailProxy.Directory.File;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.File;

/// <summary>Several passwords of one user, in the file.</summary>
public sealed class UserPasswordsTests : IAsyncLifetime
{
    private const string Users = """
        {"name": "alice", "password": "{PLAIN}own", "passwords": [
          {"label": "telephone", "password": "{PLAIN}phone", "protocols": ["IMAP", "submission"]},
          {"label": "tablet", "password": "{PLAIN}tab"},
          {"label": "old", "password": "{PLAIN}old", "expired": true}]},
        {"name": "robot", "passwords": [{"label": "fetch", "password": "{PLAIN}robot", "protocols": ["pop3"]}]},
        {"name": "carol", "password": "{PLAIN}own", "expired": true, "passwords": [{"label": "phone", "password": "{PLAIN}phone"}]},
        {"name": "dan", "password": "{PLAIN}own", "disabled": true, "passwords": [{"label": "phone", "password": "{PLAIN}phone"}]}
        """;

    private readonly TempFolder _folder = new();
    private FileUserDirectory _directory = null!;

    public async ValueTask InitializeAsync()
    {
        string path = _folder.File("users.json");
        await System.IO.File.WriteAllTextAsync(path, UserFiles.With(Users));
        _directory = new FileUserDirectory(new FileDirectoryOptions { Path = path }, new RecordingLogger(), new FakeTimeProvider());
        await _directory.StartAsync(CancellationToken.None);
        Assert.Null(_directory.Unreadiness);
    }

    public async ValueTask DisposeAsync()
    {
        await _directory.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("alice", "own", "imap", AuthenticationOutcome.Authenticated)]
    [InlineData("alice", "own", "pop3", AuthenticationOutcome.Authenticated)]
    [InlineData("alice", "phone", "imap", AuthenticationOutcome.Authenticated)]
    [InlineData("alice", "phone", "submission", AuthenticationOutcome.Authenticated)]
    [InlineData("alice", "phone", "pop3", AuthenticationOutcome.WrongPassword)]
    [InlineData("alice", "tab", "pop3", AuthenticationOutcome.Authenticated)]
    [InlineData("alice", "old", "imap", AuthenticationOutcome.Expired)]
    [InlineData("alice", "telephone", "imap", AuthenticationOutcome.WrongPassword)]
    [InlineData("alice", "", "imap", AuthenticationOutcome.WrongPassword)]
    [InlineData("robot", "robot", "pop3", AuthenticationOutcome.Authenticated)]
    [InlineData("robot", "robot", "imap", AuthenticationOutcome.WrongPassword)]
    [InlineData("carol", "own", "imap", AuthenticationOutcome.Expired)]
    [InlineData("carol", "phone", "imap", AuthenticationOutcome.Authenticated)]
    [InlineData("dan", "phone", "imap", AuthenticationOutcome.Disabled)]
    public async Task Each_password_is_good_for_what_it_was_given_for(string user, string password, string protocol, AuthenticationOutcome outcome) =>
        Assert.Equal(outcome, (await AskAsync(user, password, protocol)).Outcome);

    [Fact]
    public async Task The_log_learns_which_one_it_was_and_never_what_it_is()
    {
        AuthenticationResult result = await AskAsync("alice", "phone", "imap");

        Assert.Contains("application password 'telephone'", result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("phone'", result.Detail.Replace("'telephone'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("robot@example.org has no password for imap", (await AskAsync("robot", "robot", "imap")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_error_is_told_with_its_place()
    {
        string[] errors = UserFiles.Errors(UserFiles.With(
            """
            {"name": "a", "passwords": []},
            {"name": "b", "passwords": [{"label": "x", "password": "hunter2"}, {"label": "X", "password": "{PLAIN}y"}, {"password": "{PLAIN}z"}, 7]},
            {"name": "c", "passwords": [{"label": "x", "password": "{PLAIN}y", "protocols": ["imap", "smtp"], "until": "tomorrow"}]},
            {"name": "d", "passwords": [{"label": "x", "password": "{PLAIN}y", "protocols": []}, {"label": "y", "password": "{PLAIN}y", "protocols": "imap"}, {"label": " ", "password": "{PLAIN}y"}]},
            {"name": "e", "passwords": {"x": "{PLAIN}y"}}
            """));

        Assert.Equal(
            [
                "line 1, /users/0: has no \"password\"",
                "line 2, /users/1/passwords/0/password: has no scheme; write what 'doveadm pw' or 'slappasswd' print, or {PLAIN} and the password",
                "line 2, /users/1/passwords/1/label: 'X' is here twice (the case of labels does not count); the label tells which password to withdraw",
                "line 2, /users/1/passwords/2: has no \"label\"",
                "line 2, /users/1/passwords/3: must be an object with label, password, protocols, expired",
                "line 3, /users/2/passwords/0/until: is not known here; known are label, password, protocols, expired",
                "line 3, /users/2/passwords/0/protocols/1: is no protocol; known are imap, pop3, submission, sieve, http",
                "line 4, /users/3/passwords/0/protocols: names no protocol; leave it out and the password is good for all",
                "line 4, /users/3/passwords/1/protocols: must be an array of strings",
                "line 4, /users/3/passwords/2/label: is not a label: 1 to 64 characters without control characters",
                "line 5, /users/4/passwords: must be an array",
                "line 5, /users/4: has no \"password\"",
            ],
            errors);
        Assert.DoesNotContain(errors, error => error.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(49, true, true)]
    [InlineData(50, true, false)]
    [InlineData(50, false, true)]
    [InlineData(51, false, false)]
    public void A_user_has_a_bounded_number_of_them(int count, bool hasOwn, bool accepted)
    {
        string passwords = string.Join(", ", Enumerable.Range(0, count).Select(n => $"{{\"label\": \"{n}\", \"password\": \"{{PLAIN}}{n}\"}}"));
        string json = UserFiles.With($"{{\"name\": \"a\", {(hasOwn ? "\"password\": \"{PLAIN}own\", " : "")}\"passwords\": [{passwords}]}}");

        Assert.Equal(accepted, UserFile.Parse(Encoding.UTF8.GetBytes(json), "").Errors.Count == 0);
    }

    private async Task<AuthenticationResult> AskAsync(string user, string password, string protocol)
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        return await _directory.AuthenticateAsync(new AuthenticationRequest(user, "", secret, "PLAIN", protocol, null, true), CancellationToken.None);
    }
}

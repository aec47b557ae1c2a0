using MailProxy.Directory.File;
using MailProxy.Directory.Tests.File;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Directory.Tests;

public sealed class DirectoryOptionsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_unknown_provider_is_named_with_those_there_are() =>
        Assert.Equal(
            "Directory:Provider: 'ldapp' is not a provider; there are: file, ldap, postgresql, sqlite, http, oauth, static, chain",
            Assert.Single(new DirectoryOptions { Provider = "ldapp" }.Validate("Directory")));

    [Fact]
    public void A_missing_path_and_a_missing_file_are_told()
    {
        Assert.StartsWith("Directory:File:Path: names no file", Assert.Single(new DirectoryOptions().Validate("Directory")), StringComparison.Ordinal);
        Assert.StartsWith("Directory:File:Path: '/nowhere/users.json' cannot be read", Assert.Single(Options("/nowhere/users.json").Validate("Directory")), StringComparison.Ordinal);
        Assert.StartsWith("Directory:File:Path: ", Assert.Single(Options(_folder.Path).Validate("Directory")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_error_of_the_file_is_told()
    {
        string path = _folder.File("users.json");
        System.IO.File.WriteAllText(path, "{\"domains\": [\"example.org\"],\n\"users\": [{\"name\": \"alice\"},\n{\"name\": \"b b\"}]}");

        Assert.Equal(
            [
                $"{path}: line 2, /users/0: has no \"password\"",
                $"{path}: line 3, /users/1/name: is not a name of the form user@domain",
                $"{path}: line 3, /users/1: has no \"password\"",
            ],
            Options(path).Validate("Directory").Order());
    }

    [Fact]
    public async Task What_is_valid_can_be_created_and_started()
    {
        string path = _folder.File("users.json");
        await System.IO.File.WriteAllTextAsync(path, UserFiles.With(UserFiles.User("alice")), TestContext.Current.CancellationToken);
        DirectoryOptions options = Options(path);
        options.Provider = "File";

        Assert.Empty(options.Validate("Directory"));
        await using IDirectoryProvider directory = UserDirectoryFactory.Create(options, NullLoggerFactory.Instance, TimeProvider.System);
        await directory.StartAsync(CancellationToken.None);
        Assert.Null(directory.Unreadiness);
        Assert.Equal(LookupOutcome.Found, (await directory.LookUpAsync("alice", CancellationToken.None)).Outcome);

        await directory.DisposeAsync();
        using var secret = new Secret("secret"u8.ToArray());
        var late = new AuthenticationRequest("alice", "", secret, "PLAIN", "imap", null, true);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await directory.AuthenticateAsync(late, CancellationToken.None)).Outcome);
    }

    private static DirectoryOptions Options(string path) => new() { File = new FileDirectoryOptions { Path = path } };
}

using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Submission;
using MailProxy.Routing.Catalog;
using Xunit;

namespace MailProxy.Proxy.Tests.Submission;

/// <summary>What is wrong with a configuration is told at once, by path, with what to do.</summary>
public sealed class RelayingOptionsTests
{
    [Fact]
    public void Defaults_are_valid()
    {
        Assert.Empty(new SubmissionOptions().Validate("Submission"));
        Assert.Empty(new RelayOptions().Validate("Relay"));
        Assert.Empty(new MilterOptions().Validate("Milter"));
        Assert.Empty(new RelayOptions { Smarthost = "a.example:25, [2001:db8::1]:587" }.Validate("Relay"));
        Assert.Empty(new MilterServerOptions { Name = "m", Address = "[::1]:8891" }.Validate("M"));
        Assert.Empty(new MilterServerOptions { Name = "m", Address = "unix:/run/m.sock" }.Validate("M"));
    }

    [Fact]
    public void Limits_need_relay_mode_and_sane_numbers()
    {
        var errors = new SubmissionOptions { Recipients = -1, MessagesPerHour = 5, RecipientsPerHour = 2_000_000 }.Validate("Submission").ToList();
        Assert.Equal(3, errors.Count);
        Assert.Contains(errors, error => error.StartsWith("Submission:MessagesPerHour: ", StringComparison.Ordinal) && error.Contains("Submission:Mode to relay", StringComparison.Ordinal));
        Assert.Empty(new SubmissionOptions { Mode = SubmissionMode.Relay, MessagesPerHour = 5 }.Validate("Submission"));
    }

    [Theory]
    [InlineData("a.example", "", "", false, "Relay:Smarthost")]
    [InlineData("a.example:25,", "", "", false, "Relay:Smarthost")]
    [InlineData("a.example:25", "mail-relay", "", false, "Relay:PoolService")]
    [InlineData("", "mail relay", "", false, "Relay:PoolService")]
    [InlineData("", "mail-relay", "proxy", false, "Relay:PasswordFile")]
    [InlineData("", "mail-relay", "proxy", true, "Relay:TellClient")]
    public void A_relay_section_is_judged(string smarthost, string pool, string user, bool tells, string path) => Assert.Contains(
        new RelayOptions { Smarthost = smarthost, PoolService = pool, User = user, TellClient = tells }.Validate("Relay"), error => error.StartsWith(path + ": ", StringComparison.Ordinal));

    [Fact]
    public void A_password_in_clear_is_a_mistake() => Assert.Contains(
        new RelayOptions { Smarthost = "a.example:25", SmarthostTls = StoreTlsMode.None, User = "proxy" }.Validate("Relay"),
        error => error.StartsWith("Relay:SmarthostTls: ", StringComparison.Ordinal));

    [Theory]
    [InlineData("", "127.0.0.1:1", "Name")]
    [InlineData("a b", "127.0.0.1:1", "Name")]
    [InlineData("m", "", "Address")]
    [InlineData("m", "127.0.0.1", "Address")]
    [InlineData("m", "127.0.0.1:99999", "Address")]
    [InlineData("m", "unix:relative", "Address")]
    public void A_milter_is_judged(string name, string address, string setting) => Assert.StartsWith(
        $"Milter:Servers:0:{setting}: ", Assert.Single(new MilterOptions { Servers = { new MilterServerOptions { Name = name, Address = address } } }.Validate("Milter")), StringComparison.Ordinal);

    [Fact]
    public void Milters_have_names_of_their_own_times_that_fit_and_a_folder_that_is_there()
    {
        var errors = new MilterOptions
        {
            Servers =
            {
                new MilterServerOptions { Name = "m", Address = "127.0.0.1:1", ContentTimeout = TimeSpan.FromMinutes(5) },
                new MilterServerOptions { Name = "m", Address = "127.0.0.1:2", Mx = false, Submission = false },
            },
            SpoolMemory = 1,
            SpoolPath = "/no/such/folder",
            MessageTimeout = TimeSpan.FromMinutes(8),
        }.Validate("Milter").ToList();
        Assert.Equal(6, errors.Count);
    }
}

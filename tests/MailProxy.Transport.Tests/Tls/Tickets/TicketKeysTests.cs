using MailProxy.Testing;
using MailProxy.Transport.Tls;
using MailProxy.Transport.Tls.Tickets;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Transport.Tests.Tls.Tickets;

public sealed class TicketKeysTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_record_is_in_the_order_of_nginx()
    {
        byte[] record = [.. Enumerable.Repeat((byte)'n', 16), .. Enumerable.Repeat((byte)'m', 32), .. Enumerable.Repeat((byte)'c', 32)];
        Assert.Equal("nnnnnnnnnnnnnnnn"u8, TicketKey.NameOf(record));
        Assert.Equal("mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"u8, TicketKey.MacKeyOf(record));
        Assert.Equal("cccccccccccccccccccccccccccccccc"u8, TicketKey.CipherKeyOf(record));
    }

    [Fact]
    public void The_first_record_of_a_file_seals_and_all_of_them_open()
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1, 2, 3));
        Assert.Equal(TicketFiles.Record(1), Sealing(keys));
        Assert.Equal(TicketKeyMatch.Current, Find(keys, 1));
        Assert.Equal(TicketKeyMatch.Former, Find(keys, 2));
        Assert.Equal(TicketKeyMatch.Former, Find(keys, 3));
        Assert.Equal(TicketKeyMatch.Unknown, Find(keys, 4));
    }

    [Fact]
    public void Keys_of_a_file_do_not_rotate_by_themselves()
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        _time.Advance(TicketKeys.Rotation * 100);
        Assert.Equal(TicketFiles.Record(1), Sealing(keys));
    }

    [Fact]
    public void A_reload_takes_all_keys_and_a_bad_file_none()
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        keys.Reload(TicketFiles.Write(_directory, 2, 1));
        Assert.Equal(TicketFiles.Record(2), Sealing(keys));
        Assert.Equal(TicketKeyMatch.Former, Find(keys, 1));
        var path = TicketFiles.Write(_directory, []);
        Assert.Throws<CertificateFileException>(() => keys.Reload(path));
        Assert.Equal(TicketFiles.Record(2), Sealing(keys));
    }

    [Fact]
    public void Random_keys_rotate_and_the_one_before_still_opens()
    {
        using var keys = TicketKeys.Generate(_time);
        var first = Sealing(keys);
        _time.Advance(TicketKeys.Rotation - TimeSpan.FromTicks(1));
        Assert.Equal(first, Sealing(keys));
        _time.Advance(TimeSpan.FromTicks(1));
        var second = Sealing(keys);
        Assert.NotEqual(first, second);
        Assert.Equal(TicketKeyMatch.Former, Find(keys, first));
        _time.Advance(TicketKeys.Rotation);
        Assert.Equal(TicketKeyMatch.Unknown, Find(keys, first));
        Assert.Equal(TicketKeyMatch.Former, Find(keys, second));
    }

    [Fact]
    public void A_key_outlives_the_tickets_that_it_sealed_last() => Assert.True(TicketKeys.TicketLifetime * 2 <= TicketKeys.Rotation);

    [Fact]
    public void Keys_that_nobody_used_for_long_are_gone_both()
    {
        using var keys = TicketKeys.Generate(_time);
        var first = Sealing(keys);
        _time.Advance(TicketKeys.Rotation * 2);
        Assert.Equal(TicketKeyMatch.Unknown, Find(keys, first));
    }

    [Fact]
    public void No_two_processes_have_the_same_random_key()
    {
        using var one = TicketKeys.Generate(_time);
        using var two = TicketKeys.Generate(_time);
        Assert.NotEqual(Sealing(one), Sealing(two));
    }

    [Fact]
    public void Disposing_clears_the_keys_and_ends_their_use()
    {
        var key = TicketKey.Generate();
        key.Dispose();
        Assert.Equal(new byte[TicketKey.Octets], key.Record);
        var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        keys.Dispose();
        Assert.False(keys.TryGetCurrent(new byte[TicketKey.Octets]));
        Assert.Equal(TicketKeyMatch.Unknown, Find(keys, 1));
    }

    private static byte[] Sealing(TicketKeys keys)
    {
        var record = new byte[TicketKey.Octets];
        Assert.True(keys.TryGetCurrent(record));
        return record;
    }

    private static TicketKeyMatch Find(TicketKeys keys, byte number) => Find(keys, TicketFiles.Record(number));

    private static TicketKeyMatch Find(TicketKeys keys, byte[] record)
    {
        var found = new byte[TicketKey.Octets];
        var match = keys.Find(TicketKey.NameOf(record), found);
        Assert.Equal(match == TicketKeyMatch.Unknown ? new byte[TicketKey.Octets] : record, found);
        return match;
    }
}

namespace MailProxy.Directory.Shared;

// Times are milliseconds of the server's clock, so that nodes' clocks do not matter. Every key that is written gets an expiry in the same script.
//
// mailproxy:user:H, mailproxy:address:H   hash: n = different wrong passwords, p0..p7 = the last of them, turn = when the next attempt may be made
// mailproxy:trying:H                      sorted set: passwords that are being tried for a user, by when that is forgotten
// mailproxy:owner:H, mailproxy:known:H    there if the user lately logged in from the address; anybody from there
// mailproxy:rate:H                        hash: hour, n = counted in it, b = in the one before
// mailproxy:sessions:H, mailproxy:sessions-from:H   sorted set: sessions of a user (from an address), by when they are forgotten unless renewed

/// <summary>What the server does in one go (Lua, Redis 5 and later).</summary>
internal static class SharedScripts
{
    /// <summary>Takes the turns of an attempt, its address's first: milliseconds to wait, or -1: too late. As <see cref="Guard.Suspect"/> does it.</summary>
    /// <remarks>KEYS: user, trying, owner, address, known. ARGV: password for user, for address, has address, is owner, is known, free, free where known, first, longest, longest wait, memory, chance.</remarks>
    public const string Turn = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local first, longest, patience, memory, chance = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
        local function read(key)
          local f = redis.call('HMGET', key, 'n', 'turn', 'p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7')
          local wrong = {}
          for i = 3, 10 do if f[i] then wrong[f[i]] = true end end
          return tonumber(f[1] or '0'), tonumber(f[2] or '0'), wrong
        end
        local function take(key, n, turn, free)
          local wait = math.max(0, turn - now)
          if wait > patience then return -1 end
          local delay = math.min(longest, first * 2 ^ math.min(20, math.max(0, n - free))) * (0.5 + chance / 2)
          redis.call('HSET', key, 'turn', string.format('%.0f', math.max(now, turn) + delay))
          if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, memory) end
          return wait
        end
        local wait = 0
        if ARGV[3] == '1' then
          local n, turn, wrong = read(KEYS[4])
          local free = tonumber(ARGV[6])
          if ARGV[5] == '1' or redis.call('EXISTS', KEYS[5]) == 1 then free = tonumber(ARGV[7]) end
          if not wrong[ARGV[2]] and n >= free then
            wait = take(KEYS[4], n, turn, free)
            if wait < 0 then return -1 end
          end
        end
        if ARGV[4] == '1' or (ARGV[3] == '1' and redis.call('EXISTS', KEYS[3]) == 1) then return wait end
        local n, turn, wrong = read(KEYS[1])
        if wrong[ARGV[1]] then return wait end
        local free = tonumber(ARGV[6])
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
        local trying = redis.call('ZRANGE', KEYS[2], 0, -1)
        local others, mine = 0, false
        for _, p in ipairs(trying) do
          if p == ARGV[1] then mine = true elseif not wrong[p] then others = others + 1 end
        end
        if mine or (#trying < 64 and n + others < free) then
          redis.call('ZADD', KEYS[2], now + 60000, ARGV[1])
          redis.call('PEXPIRE', KEYS[2], 60000)
          return wait
        end
        local own = take(KEYS[1], n, turn, free)
        if own < 0 then return -1 end
        return math.max(wait, own)
        """;

    /// <summary>A password was wrong.</summary>
    /// <remarks>KEYS: user, trying, address. ARGV: password for user, for address, has address, memory.</remarks>
    public const string Failed = """
        local function count(key, password)
          local f = redis.call('HMGET', key, 'n', 'p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7')
          local isNew = true
          for i = 2, 9 do if f[i] == password then isNew = false end end
          if isNew then
            local n = tonumber(f[1] or '0')
            redis.call('HSET', key, 'p' .. (n % 8), password)
            redis.call('HINCRBY', key, 'n', 1)
          end
          redis.call('PEXPIRE', key, ARGV[4])
        end
        redis.call('ZREM', KEYS[2], ARGV[1])
        count(KEYS[1], ARGV[1])
        if ARGV[3] == '1' then count(KEYS[3], ARGV[2]) end
        return 0
        """;

    /// <summary>A user came in.</summary>
    /// <remarks>KEYS: trying, owner, known. ARGV: password for user, has address, how long that is known.</remarks>
    public const string Succeeded = """
        redis.call('ZREM', KEYS[1], ARGV[1])
        if ARGV[2] == '1' then
          redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
          redis.call('SET', KEYS[3], '1', 'PX', ARGV[3])
        end
        return 0
        """;

    /// <summary>An attempt ended without a verdict.</summary>
    /// <remarks>KEYS: trying. ARGV: password for user.</remarks>
    public const string Ended = "return redis.call('ZREM', KEYS[1], ARGV[1])";

    /// <summary>Counts a session in, or renews it: 0, or which cap leaves no room (1: the user's, 2: the address's).</summary>
    /// <remarks>KEYS: sessions, sessions from the address. ARGV: session, lease, cap, cap for the address, has address. A cap of 0 is none.</remarks>
    public const string Enter = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local keys = ARGV[5] == '1' and 2 or 1
        for i = 1, keys do
          local cap = tonumber(ARGV[2 + i])
          if cap > 0 then
            redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
            if not redis.call('ZSCORE', KEYS[i], ARGV[1]) and redis.call('ZCARD', KEYS[i]) >= cap then return i end
          end
        end
        for i = 1, keys do
          redis.call('ZADD', KEYS[i], now + ARGV[2], ARGV[1])
          redis.call('PEXPIRE', KEYS[i], ARGV[2])
        end
        return 0
        """;

    /// <summary>Counts a session out.</summary>
    /// <remarks>KEYS: sessions, sessions from the address. ARGV: session.</remarks>
    public const string Leave = """
        redis.call('ZREM', KEYS[1], ARGV[1])
        redis.call('ZREM', KEYS[2], ARGV[1])
        return 0
        """;

    /// <summary>Counts one more within an hour: 1, or 0: the limit is reached. Of the hour before that part counts which is less than an hour ago.</summary>
    /// <remarks>KEYS: rate. ARGV: limit, seconds of an hour.</remarks>
    public const string Rate = """
        local now = tonumber(redis.call('TIME')[1])
        local limit, span = tonumber(ARGV[1]), tonumber(ARGV[2])
        local hour = math.floor(now / span)
        local f = redis.call('HMGET', KEYS[1], 'hour', 'n', 'b')
        local last, n, b = tonumber(f[1] or '0'), tonumber(f[2] or '0'), tonumber(f[3] or '0')
        if last == hour - 1 then b = n n = 0 elseif last ~= hour then b = 0 n = 0 end
        if n + b * (1 - (now % span) / span) + 1 > limit then return 0 end
        redis.call('HSET', KEYS[1], 'hour', hour, 'n', n + 1, 'b', b)
        redis.call('EXPIRE', KEYS[1], 2 * span)
        return 1
        """;

    /// <summary>Can the server do what the others need: tell the time and write?</summary>
    public const string Probe = """
        redis.call('TIME')
        redis.call('SET', KEYS[1], '1', 'PX', 10000)
        return 0
        """;
}

/**
 * One step a person: merges packed segments, trips and whereabouts into a hash, as `mergeHistories` does, whatever the
 * order of calls and however often. Fields: s, l, m (packed segments in order of their bytes), t (trips, one a line, in
 * order of planning), z (whereabouts), v (how often this changed), c (the checkpoint of that version).
 *
 * KEYS: the person. ARGV: seconds to live, bytes of a segment, milliseconds and name of the whereabouts (or empty), most
 * trips, then s, l, m each with its most segments, then trips. Returns how many segments and trips are new and stay.
 */
export const MERGE = `
local key, size = KEYS[1], tonumber(ARGV[2])
local added, changed = 0, false
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local function find(list, id)
  local from = 1
  while true do
    local at = list:find(id, from, true)
    if not at then return nil end
    if (at - 5) % size == 0 then return at - 4 end
    from = at + 1
  end
end
local function segments(field, more, most)
  if #more == 0 then return end
  local list = redis.call('HGET', key, field) or ''
  local before = list
  for from = 1, #more, size do
    local new = more:sub(from, from + size - 1)
    local at = find(list, new:sub(5, 12))
    local isGreater = not at or less(list:sub(at, at + size - 1), new)
    if isGreater then
      if at then list = list:sub(1, at - 1) .. list:sub(at + size) end
      local place = #list
      while place > 0 and less(new, list:sub(place - size + 1, place)) do place = place - size end
      list = list:sub(1, place) .. new .. list:sub(place + 1)
      added = added + 1
      if #list > most * size then
        if place == 0 then added = added - 1 end
        list = list:sub(#list - most * size + 1)
      end
    end
  end
  if list ~= before then
    redis.call('HSET', key, field, list)
    changed = true
  end
end
local function planned(trip) return tonumber(trip:match(',(%-?%d+)')) end
local function earlier(a, b)
  local x, y = planned(a), planned(b)
  if x ~= y then return x < y end
  return less(a, b)
end
local function trips(first, most)
  if first > #ARGV then return end
  local before = redis.call('HGET', key, 't') or ''
  local known = {}
  for line in before:gmatch('[^\\n]+') do known[line:sub(3, 18)] = line end
  for i = first, #ARGV do
    local id = ARGV[i]:sub(3, 18)
    if not known[id] or earlier(known[id], ARGV[i]) then
      known[id] = ARGV[i]
      added = added + 1
    end
  end
  local list = {}
  for _, line in pairs(known) do list[#list + 1] = line end
  table.sort(list, earlier)
  while #list > most do table.remove(list, 1) end
  local after = table.concat(list, '\\n')
  if after ~= before then
    redis.call('HSET', key, 't', after)
    changed = true
  end
end
segments('s', ARGV[6], tonumber(ARGV[7]))
segments('l', ARGV[8], tonumber(ARGV[9]))
segments('m', ARGV[10], tonumber(ARGV[11]))
trips(12, tonumber(ARGV[5]))
if ARGV[3] ~= '' then
  local at, zone = tonumber(ARGV[3]), ARGV[4]
  local was = redis.call('HGET', key, 'z')
  local wasAt, wasZone = 0, ''
  if was then wasAt, wasZone = tonumber(was:match('^%-?%d+')), was:match(' (.*)$') end
  if not was or at > wasAt or (at == wasAt and less(wasZone, zone)) then
    redis.call('HSET', key, 'z', ARGV[3] .. ' ' .. zone)
    changed = true
  end
end
if changed then
  redis.call('HINCRBY', key, 'v', 1)
  redis.call('HDEL', key, 'c')
end
redis.call('EXPIRE', key, ARGV[1])
return added`;

/** KEYS: the person. ARGV: version, text. */
export const CHECKPOINT = `
if redis.call('HGET', KEYS[1], 'v') == ARGV[1] then redis.call('HSET', KEYS[1], 'c', ARGV[2]) end
return 0`;
